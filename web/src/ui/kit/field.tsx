import { createSignal, createUniqueId, Show, splitProps, type JSX } from 'solid-js';
import { useUi } from '../context';
import { IconButton } from './button';

type InputProps = Omit<JSX.InputHTMLAttributes<HTMLInputElement>, 'class' | 'onInput'>;

/** A labelled line of text, with help or a complaint below it. */
export function Field(props: InputProps & { label: string; help?: string; complaint?: string; onText: (text: string) => void; after?: JSX.Element }): JSX.Element {
  const id = createUniqueId();
  const [own, rest] = splitProps(props, ['label', 'help', 'complaint', 'onText', 'after']);
  return (
    <div class="field">
      <label for={id}>{own.label}</label>
      <div class="field-box" classList={{ 'field-bad': !!own.complaint }}>
        <input {...rest} id={id} aria-invalid={own.complaint ? true : undefined} aria-describedby={own.complaint || own.help ? `${id}-help` : undefined}
          onInput={(event) => own.onText(event.currentTarget.value)} />
        {own.after}
      </div>
      <Show when={own.complaint || own.help}>
        <p id={`${id}-help`} class="field-help" classList={{ 'field-complaint': !!own.complaint }}>{own.complaint || own.help}</p>
      </Show>
    </div>
  );
}

export function PasswordField(props: { label: string; value: string; onText: (text: string) => void; complaint?: string; help?: string; fresh?: boolean; autofocus?: boolean }): JSX.Element {
  const ui = useUi();
  const [shown, setShown] = createSignal(false);
  return (
    <Field label={props.label} type={shown() ? 'text' : 'password'} value={props.value} onText={props.onText} complaint={props.complaint} help={props.help}
      autocomplete={props.fresh ? 'new-password' : 'current-password'} autofocus={props.autofocus} required spellcheck={false} autocapitalize="none"
      after={<IconButton icon="eye" label={ui.t(shown() ? 'sign.hidePassword' : 'sign.showPassword')} aria-pressed={shown()} onClick={() => setShown(!shown())} />} />
  );
}

export function Toggle(props: { label: string; help?: string; on: boolean; onChange: (on: boolean) => void }): JSX.Element {
  const id = createUniqueId();
  return (
    <div class="toggle">
      <div class="toggle-text">
        <label for={id}>{props.label}</label>
        <Show when={props.help}><p id={`${id}-help`}>{props.help}</p></Show>
      </div>
      <input id={id} type="checkbox" role="switch" class="switch" checked={props.on} aria-describedby={props.help ? `${id}-help` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.checked)} />
    </div>
  );
}

export function Choice<T extends string>(props: { label: string; value: T; options: { value: T; label: string }[]; onChange: (value: T) => void }): JSX.Element {
  const name = createUniqueId();
  return (
    <fieldset class="choice">
      <legend>{props.label}</legend>
      <div class="choice-row">
        {props.options.map((option) => (
          <label class="choice-option">
            <input type="radio" name={name} value={option.value} checked={props.value === option.value} onChange={() => props.onChange(option.value)} />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

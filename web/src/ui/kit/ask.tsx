import { createSignal, Show, type Accessor, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from './button';
import { Dialog } from './dialog';

/** A question that is answered with yes or no. Enter does what can be undone: with `danger` it begins at "cancel". */
export interface Question {
  title: string;
  text: string;
  yes: string;
  danger?: boolean;
  /** Something to know rather than to decide: there is nothing to say no to. */
  tells?: boolean;
}
type Pending = Question & { answer: (yes: boolean) => void };

export function createAsk(): { pending: Accessor<Pending | null>; ask: (question: Question) => Promise<boolean> } {
  const [pending, setPending] = createSignal<Pending | null>(null);
  const ask = (question: Question): Promise<boolean> =>
    new Promise((resolve) => {
      pending()?.answer(false);
      setPending({ ...question, answer: (yes) => { setPending(null); resolve(yes); } });
    });
  return { pending, ask };
}

export function AskHost(props: { pending: Accessor<Pending | null> }): JSX.Element {
  const ui = useUi();
  return (
    <Show when={props.pending()} keyed>
      {(question) => (
        <Dialog title={question.title} class="dialog-small" onClose={() => question.answer(false)}>
          <p class="dialog-text">{question.text}</p>
          <footer class="dialog-foot">
            <Show when={!question.tells}><Button autofocus={question.danger} onClick={() => question.answer(false)}>{ui.t('common.cancel')}</Button></Show>
            <Button look={question.danger ? 'danger' : 'main'} autofocus={!question.danger} onClick={() => question.answer(true)}>{question.yes}</Button>
          </footer>
        </Dialog>
      )}
    </Show>
  );
}

import { createSignal, type JSX } from 'solid-js';
import { useUi } from '../context';
import { Button } from '../kit/button';
import { Field } from '../kit/field';

/** The user's own name for a contact; nobody else sees it. */
export function RemarkEditor(props: { jid: string }): JSX.Element {
  const ui = useUi();
  const kept = (): string => ui.state.contacts[props.jid]?.remark ?? '';
  const [remark, setRemark] = createSignal(kept());
  const save = (event: Event): void => {
    event.preventDefault();
    void ui.run({ do: 'change-contact', jid: props.jid, remark: remark().trim() }, ui.t('common.saved'));
  };
  return (
    <form class="profile-edit" onSubmit={save}>
      <Field label={ui.t('profile.remark')} value={remark()} maxlength={60} onText={setRemark} placeholder={ui.t('profile.remarkEmpty')} />
      <Button type="submit" disabled={remark().trim() === kept()}>{ui.t('common.save')}</Button>
    </form>
  );
}

import { createSignal, type JSX } from 'solid-js';
import { useUi } from '../context';
import { dateInput } from '../i18n/dates';
import { Button } from '../kit/button';
import { Dialog } from '../kit/dialog';
import { Field } from '../kit/field';
import { useSession } from './session';

export function JumpToDate(props: { onClose: () => void }): JSX.Element {
  const ui = useUi();
  const session = useSession();
  const [day, setDay] = createSignal(dateInput(Date.now()));
  const go = (event: Event): void => {
    event.preventDefault();
    const [year, month, date] = day().split('-').map(Number);
    if (!year || !month || !date) return;
    props.onClose();
    void session.list.toTime(new Date(year, month - 1, date).getTime());
  };
  return (
    <Dialog title={ui.t('jump.title')} class="dialog-small" onClose={props.onClose}>
      <form onSubmit={go} class="dialog-form">
        <Field label={ui.t('jump.day')} type="date" value={day()} max={dateInput(Date.now())} onText={setDay} required autofocus />
        <footer class="dialog-foot">
          <Button onClick={() => props.onClose()}>{ui.t('common.cancel')}</Button>
          <Button look="main" type="submit">{ui.t('jump.go')}</Button>
        </footer>
      </form>
    </Dialog>
  );
}

import type { JSX } from 'solid-js';
import { ChangePassword } from './change-password';
import { DeleteAccount } from './delete-account';
import { ExportData } from './export-data';

export function Account(): JSX.Element {
  return <><ChangePassword /><ExportData /><DeleteAccount /></>;
}

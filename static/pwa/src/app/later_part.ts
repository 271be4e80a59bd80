/** What can wait until somebody opens it, in one script. */

export { OutboxScreen } from "../features/outbox/outbox_screen";
export { RecordScreen } from "../features/records/record_screen";
export { RecordsScreen } from "../features/records/records_screen";
export { RoundDetailScreen } from "../features/records/round_detail_screen";
export { AboutScreen } from "../features/settings/about_screen";
export { PasswordScreen } from "../features/settings/password_screen";
export { SettingsScreen } from "../features/settings/settings_screen";
export { SignOutScreen } from "../features/settings/sign_out_screen";
export { UsersScreen } from "../features/sign_in/users_screen";

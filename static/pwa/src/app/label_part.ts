/** Reading labels and walking together, with the reader of QR codes, in one script. */

export { AnchorScreen } from "../features/anchor/anchor_screen";
export { ScanScreen } from "../features/anchor/scan_screen";
export { JoinScreen } from "../features/join/join_screen";
export { JoinedScreen } from "../features/join/joined_screen";

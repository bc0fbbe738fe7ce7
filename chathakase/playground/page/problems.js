/** Error codes in words. */

const WORDS = {
  not_connected: "The page is not connected to the workspace; what you wrote is kept.",
  connection_lost: "The connection was lost before the answer came.",
  dispatch_failed: "APP did not take the command: it is not connected or answered too late (dispatch_failed).",
  not_acknowledged: "APP did not acknowledge within three seconds (not_acknowledged).",
  unknown_command: "The app does not have that command.",
  action_not_dispatched: "APP does not listen to that here.",
  view_not_found: "That view is no longer open.",
  message_not_found: "That message no longer exists.",
  file_too_large: "The file is too large.",
  msg_too_long: "The message is too long.",
  no_text: "There is nothing to send.",
  not_in_channel: "You are not a member of this channel.",
  is_archived: "This channel is archived.",
  cant_update_message: "This message cannot be edited.",
  cant_delete_message: "This message cannot be deleted.",
  already_in_channel: "Already a member.",
  last_member: "The last member cannot leave.",
  cant_leave_general: "You cannot leave #general.",
};

/** What an error code means, for a toast. */
export function words(code, detail = "", app = "The app") {
  const known = WORDS[code]?.replace("APP", app);
  return known ?? (detail ? `${detail} (${code})` : `That did not work: ${code}`);
}

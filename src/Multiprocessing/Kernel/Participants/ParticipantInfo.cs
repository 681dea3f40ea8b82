namespace Multiprocessing;

/// <summary>One row of the participant table as read at one moment.</summary>
/// <param name="Id">The participant.</param>
/// <param name="ProcessId">Its pid; 0 while the slot is only reserved.</param>
/// <param name="StartTime">The start time of the process in clock ticks since boot. Together with the pid it identifies the process.</param>
internal readonly record struct ParticipantInfo(ParticipantId Id, int ProcessId, long StartTime);

namespace Multiprocessing;

/// <summary>A process asks to become a client of a manager.</summary>
/// <param name="Connection">The manager's end of a pipe.</param>
/// <param name="ProcessId">The client's process.</param>
/// <param name="ProcessName">The name of that process.</param>
internal sealed record ManagerJoin(Connection Connection, int ProcessId, string ProcessName);

/// <summary>What a manager says of itself to a new client.</summary>
internal readonly record struct ManagerGreeting(int ProcessId, ParticipantId Participant);

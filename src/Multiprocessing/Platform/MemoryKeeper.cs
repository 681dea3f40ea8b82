namespace Multiprocessing.Platform;

/// <summary>
/// The process whose end frees shared memory at the latest. On Windows the system frees memory with its last handle. The keeper receives a handle, so
/// that the contents of a message survive the death of its creator and its sender. Where memory is a file, no keeper is needed.
/// </summary>
/// <param name="ProcessId">0 for none: the system frees the memory when the last process unmaps it.</param>
/// <param name="StartTime">As returned by <see cref="ProcessIdentity.StartTimeOf"/>: the number may have been reused.</param>
internal readonly record struct MemoryKeeper(int ProcessId, long StartTime);

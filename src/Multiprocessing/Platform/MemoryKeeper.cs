namespace Multiprocessing.Platform;

/// <summary>
/// The process whose life shared memory must not outlast, but whose life it may last: on Windows, memory goes with its last handle, and this process is given one, so that what lies in
/// a message stays although its creator and its sender are dead. Where memory is files, they keep themselves.
/// </summary>
/// <param name="ProcessId">0 for nobody: the memory goes with the last process that has it mapped.</param>
/// <param name="StartTime">As <see cref="ProcessIdentity.StartTimeOf"/> says it: the number may be another's by now.</param>
internal readonly record struct MemoryKeeper(int ProcessId, long StartTime);

namespace Multiprocessing.Platform;

/// <summary>How a child ended, as the system reports it: an exit code or a signal, never both.</summary>
internal readonly record struct WaitStatus(int? Code, int? Signal);

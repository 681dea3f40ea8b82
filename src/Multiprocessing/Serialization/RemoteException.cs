namespace Multiprocessing;

/// <summary>
/// Stands for an exception of another process that cannot be rebuilt faithfully in this one: its type, message and stack trace, as text.
/// </summary>
public sealed class RemoteException : Exception
{
    internal RemoteException(string typeName, string message, string? remoteStackTrace, int processId, Exception? inner)
        : base($"{typeName} in process {processId}: {message}", inner)
    {
        TypeName = typeName;
        RemoteMessage = message;
        RemoteStackTrace = remoteStackTrace;
        ProcessId = processId;
    }

    /// <summary>The full name of the exception's type.</summary>
    public string TypeName { get; }

    /// <summary>The exception's own message.</summary>
    public string RemoteMessage { get; }

    /// <summary>Where it was thrown in the other process, or <see langword="null"/> when it was never thrown.</summary>
    public string? RemoteStackTrace { get; }

    /// <summary>The process that threw it.</summary>
    public int ProcessId { get; }

    /// <inheritdoc/>
    public override string ToString() =>
        RemoteStackTrace is null ? base.ToString() : $"{base.ToString()}{Environment.NewLine}--- remote stack trace ---{Environment.NewLine}{RemoteStackTrace}";
}

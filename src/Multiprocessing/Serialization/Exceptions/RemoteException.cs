using System.Text;

namespace Multiprocessing;

/// <summary>
/// Stands for an exception of another process that cannot be rebuilt faithfully in this one: its type, message, stack trace and inner exceptions, and why the original could not be rebuilt.
/// </summary>
public sealed class RemoteException : Exception
{
    private readonly Exception[] _inner;

    internal RemoteException(string typeName, string message, string? remoteStackTrace, int processId, Exception[] inner, string whyNotRebuilt)
        : base($"{typeName} in process {processId}: {message}{Environment.NewLine}(The original exception could not be rebuilt in this process: {whyNotRebuilt})", inner.Length > 0 ? inner[0] : null)
    {
        TypeName = typeName;
        RemoteMessage = message;
        RemoteStackTrace = remoteStackTrace;
        ProcessId = processId;
        WhyNotRebuilt = whyNotRebuilt;
        _inner = inner;
    }

    /// <summary>The full name of the exception's type.</summary>
    public string TypeName { get; }

    /// <summary>The exception's own message. A message of more than 16,384 characters lacks its middle, and says so.</summary>
    public string RemoteMessage { get; }

    /// <summary>Where it was thrown in the other process, or <see langword="null"/> when it was never thrown.</summary>
    public string? RemoteStackTrace { get; }

    /// <summary>The process that threw it; 0 if not even that could be read.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// Why the original could not be rebuilt: the type that this process does not have, the field that cannot cross, the method of the exception's own that threw. For people to read.
    /// </summary>
    public string WhyNotRebuilt { get; }

    /// <summary>
    /// All its inner exceptions: of an aggregate several, else <see cref="Exception.InnerException"/> or none. Each is what it was where it can be rebuilt, and a <see cref="RemoteException"/> where not.
    /// </summary>
    public IReadOnlyList<Exception> InnerExceptions => _inner;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder(base.ToString());
        if (RemoteStackTrace is not null)
        {
            text.AppendLine().AppendLine("--- remote stack trace ---").Append(RemoteStackTrace);
        }

        for (var i = 1; i < _inner.Length; i++)
        {
            text.AppendLine().Append($" ---> (inner exception #{i}) ").Append(ExceptionText.Full(_inner[i])).Append("<---");
        }

        return text.ToString();
    }
}

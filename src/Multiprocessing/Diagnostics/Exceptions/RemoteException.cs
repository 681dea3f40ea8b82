using System.Text;

namespace Multiprocessing;

/// <summary>
/// Stands for an exception of another process that cannot be rebuilt faithfully in this one: its type, message, stack trace and inner exceptions, and why the original could not be rebuilt.
/// </summary>
/// <example>
/// <code>
/// // The exception holds a thread, which cannot cross to this process.
/// using var child = ChildProcess.Run(() => throw new ParserException("The page has no title.", Thread.CurrentThread));
/// try
/// {
///     await child.Completion;
/// }
/// catch (RemoteException exception)
/// {
///     Console.WriteLine(exception.TypeName); // ParserException, with its namespace
///     Console.WriteLine(exception.RemoteMessage); // The page has no title.
///     Console.WriteLine(exception.RemoteStackTrace);
/// }
/// </code>
/// </example>
public sealed class RemoteException : Exception
{
    private readonly Exception[] _inner;

    /// <summary>Creates the exception.</summary>
    /// <param name="typeName">The full name of the original exception's type.</param>
    /// <param name="remoteMessage">The original exception's message.</param>
    /// <param name="remoteStackTrace">Where it was thrown, or <see langword="null"/>.</param>
    /// <param name="processId">The process that threw it.</param>
    /// <param name="innerExceptions">Its inner exceptions; empty for none.</param>
    /// <param name="rebuildFailure">Why the original could not be rebuilt.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerExceptions"/> is <see langword="null"/>.</exception>
    public RemoteException(string typeName, string remoteMessage, string? remoteStackTrace, int processId, IReadOnlyList<Exception> innerExceptions, string rebuildFailure)
        : base(
            $"{typeName} in process {processId}: {remoteMessage}{Environment.NewLine}(The original exception could not be rebuilt in this process: {rebuildFailure})",
            FirstOf(innerExceptions))
    {
        TypeName = typeName;
        RemoteMessage = remoteMessage;
        RemoteStackTrace = remoteStackTrace;
        ProcessId = processId;
        RebuildFailure = rebuildFailure;
        _inner = [.. innerExceptions];
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
    public string RebuildFailure { get; }

    /// <summary>
    /// All its inner exceptions: of an aggregate several, else <see cref="Exception.InnerException"/> or none. Each is what it was where it can be rebuilt, and a <see cref="RemoteException"/> where not.
    /// </summary>
    public IReadOnlyList<Exception> InnerExceptions => _inner;

    private static Exception? FirstOf(IReadOnlyList<Exception> exceptions)
    {
        ArgumentNullException.ThrowIfNull(exceptions);
        return exceptions.Count > 0 ? exceptions[0] : null;
    }

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

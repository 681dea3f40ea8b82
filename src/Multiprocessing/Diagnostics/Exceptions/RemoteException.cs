using System.Text;

namespace Multiprocessing;

/// <summary>
/// Represents an exception of another process that cannot be rebuilt in this one. It has the type, message, stack trace and inner exceptions of the
/// original, and the reason why it could not be rebuilt.
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

    /// <summary>Initializes a new instance.</summary>
    /// <param name="typeName">The full name of the original exception's type.</param>
    /// <param name="remoteMessage">The original exception's message.</param>
    /// <param name="remoteStackTrace">The original exception's stack trace, or <see langword="null"/>.</param>
    /// <param name="processId">The process that threw it.</param>
    /// <param name="innerExceptions">Its inner exceptions; empty for none.</param>
    /// <param name="rebuildFailure">Why the original could not be rebuilt.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerExceptions"/> is <see langword="null"/>.</exception>
    public RemoteException(
        string typeName,
        string remoteMessage,
        string? remoteStackTrace,
        int processId,
        IReadOnlyList<Exception> innerExceptions,
        string rebuildFailure)
        : base(
            $"{typeName} in process {processId}: {remoteMessage}{Environment.NewLine}(The original exception could not be rebuilt in this process: "
            + $"{rebuildFailure})",
            FirstOf(innerExceptions))
    {
        TypeName = typeName;
        RemoteMessage = remoteMessage;
        RemoteStackTrace = remoteStackTrace;
        ProcessId = processId;
        RebuildFailure = rebuildFailure;
        _inner = [.. innerExceptions];
    }

    /// <summary>Gets the full name of the original exception's type.</summary>
    public string TypeName { get; }

    /// <summary>
    /// Gets the original exception's message. The middle of a message of more than 16,384 characters is replaced by the number of characters that are
    /// left out.
    /// </summary>
    public string RemoteMessage { get; }

    /// <summary>Gets the stack trace in the other process, or <see langword="null"/> if the exception was never thrown.</summary>
    public string? RemoteStackTrace { get; }

    /// <summary>Gets the id of the process that threw it; 0 if it could not be read.</summary>
    public int ProcessId { get; }

    /// <summary>
    /// Gets why the original could not be rebuilt: a type that this process does not have, a field that cannot cross, a method of the exception that
    /// threw. A text for people, not for programs.
    /// </summary>
    public string RebuildFailure { get; }

    /// <summary>
    /// Gets all inner exceptions: those of an aggregate, otherwise <see cref="Exception.InnerException"/> or none. Each is the original one if it can
    /// be rebuilt, otherwise a <see cref="RemoteException"/>.
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

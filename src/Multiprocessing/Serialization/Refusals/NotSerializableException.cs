using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// The exception that is thrown when a value cannot cross to another process. The call that the value was passed to throws it, before anything of the
/// message leaves this process.
/// </summary>
/// <example>
/// <code>
/// using var stream = File.OpenRead(Environment.ProcessPath!);
/// try
/// {
///     using var child = ChildProcess.Run(() => stream.ReadByte());
/// }
/// catch (NotSerializableException exception)
/// {
///     Console.WriteLine(exception.Path); // captured variable 'stream'
///     Console.WriteLine(exception.Suggestion); // what to do instead
/// }
/// </code>
/// </example>
public sealed class NotSerializableException : SerializationException
{
    /// <summary>Initializes a new instance.</summary>
    /// <param name="path">The path from the value to the culprit, such as <c>captured variable 'db' -> field '_socket'</c>.</param>
    /// <param name="culprit">The type that cannot cross.</param>
    /// <param name="suggestion">What to do instead, one sentence.</param>
    public NotSerializableException(string path, Type culprit, string suggestion)
        : base($"{path} ({TypeText.Of(culprit)}) cannot cross to another process. {suggestion}")
    {
        Path = path;
        Culprit = culprit;
        Suggestion = suggestion;
    }

    /// <summary>Gets the path from the value that was passed to the call to the culprit.</summary>
    public string Path { get; }

    /// <summary>Gets the type that cannot cross.</summary>
    public Type Culprit { get; }

    /// <summary>Gets the reason, and what to do instead.</summary>
    public string Suggestion { get; }
}

using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>A value cannot cross to another process. Thrown by the call that was given the value, before anything left this process.</summary>
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
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The way from the value to the culprit, such as <c>captured variable 'db' -> field '_socket'</c>.</param>
    /// <param name="culprit">The type that cannot cross.</param>
    /// <param name="suggestion">What to do instead, one sentence.</param>
    public NotSerializableException(string path, Type culprit, string suggestion)
        : base($"{path} ({TypeText.Of(culprit)}) cannot cross to another process. {suggestion}")
    {
        Path = path;
        Culprit = culprit;
        Suggestion = suggestion;
    }

    /// <summary>The way from the value that was handed over to the culprit.</summary>
    public string Path { get; }

    /// <summary>The type that cannot cross.</summary>
    public Type Culprit { get; }

    /// <summary>What to do instead.</summary>
    public string Suggestion { get; }
}

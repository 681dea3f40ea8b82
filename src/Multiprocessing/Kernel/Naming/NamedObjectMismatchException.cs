namespace Multiprocessing;

/// <summary>
/// The object of that name differs from the requested one: in its kind, item type, capacity or size, or in the build of the program that created it.
/// </summary>
/// <example>
/// <code>
/// using var gate = ProcessLock.OpenOrCreate("example of a lock");
/// try
/// {
///     using var queue = ProcessQueue&lt;int>.Open("example of a lock");
/// }
/// catch (NamedObjectMismatchException exception)
/// {
///     Console.WriteLine($"'{exception.Name}' is {exception.Actual}, not {exception.Expected}.");
/// }
/// </code>
/// </example>
public sealed class NamedObjectMismatchException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="NamedObjectMismatchException"/> class.</summary>
    /// <param name="name">The name.</param>
    /// <param name="expected">The requested object.</param>
    /// <param name="actual">The existing object.</param>
    /// <param name="message">The message, with the way out.</param>
    public NamedObjectMismatchException(string name, string expected, string actual, string message)
        : base(message)
    {
        Name = name;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>Gets the name.</summary>
    public string Name { get; }

    /// <summary>Gets the description of the requested object.</summary>
    public string Expected { get; }

    /// <summary>Gets the description of the existing object.</summary>
    public string Actual { get; }
}

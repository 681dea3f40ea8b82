namespace Multiprocessing;

/// <summary>
/// The exception that is thrown when a name of a <see cref="ManagerServer"/> belongs to an object of another type than the client asks for, or to an
/// interface with other members: the programs were built from different sources.
/// </summary>
/// <example>
/// <code>
/// try
/// {
///     client.Dictionary&lt;string, long>("scores"); // the server has numbers of another type
/// }
/// catch (ManagerContractException exception)
/// {
///     Console.WriteLine(exception.Message); // names both types
/// }
/// </code>
/// </example>
public sealed class ManagerContractException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="ManagerContractException"/> class.</summary>
    /// <param name="objectName">The name of the object.</param>
    /// <param name="expected">The interface that the client asks for.</param>
    /// <param name="actual">The interface that the server has.</param>
    public ManagerContractException(string objectName, string expected, string actual)
        : base(
            expected == actual
                ? $"The object \"{objectName}\" has the interface {actual}, as expected, but its members differ: the server was built from another "
                    + "version of the source. Build both programs from the same version."
                : $"The object \"{objectName}\" of the server has the interface {actual}, and the client asks for {expected}. "
                    + "Use the same types in both programs.")
    {
        ObjectName = objectName;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>Gets the name of the object.</summary>
    public string ObjectName { get; }

    /// <summary>Gets the interface that the client asks for, with its type arguments.</summary>
    public string Expected { get; }

    /// <summary>Gets the interface that the server has, with its type arguments.</summary>
    public string Actual { get; }
}

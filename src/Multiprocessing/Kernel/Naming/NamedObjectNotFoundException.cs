namespace Multiprocessing;

/// <summary>No living program of this user has an object of that name.</summary>
/// <example>
/// <code>
/// try
/// {
///     using var gate = ProcessLock.Open("example of a missing lock");
/// }
/// catch (NamedObjectNotFoundException exception)
/// {
///     Console.WriteLine($"No running program has created '{exception.Name}'.");
/// }
/// </code>
/// </example>
public sealed class NamedObjectNotFoundException : InvalidOperationException
{
    /// <summary>Initializes a new instance of the <see cref="NamedObjectNotFoundException"/> class.</summary>
    /// <param name="name">The name.</param>
    /// <param name="expected">The requested kind of object, such as <c>ProcessLock</c>.</param>
    public NamedObjectNotFoundException(string name, string expected)
        : base($"No program has a {expected} with the name '{name}'. An object is removed with the last program that has it; OpenOrCreate creates "
            + "it if there is none.") => Name = name;

    /// <summary>Gets the name.</summary>
    public string Name { get; }
}

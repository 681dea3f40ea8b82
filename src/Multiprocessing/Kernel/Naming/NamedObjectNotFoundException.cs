namespace Multiprocessing;

/// <summary>No living program of this user has an object of that name.</summary>
public sealed class NamedObjectNotFoundException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="name">The name.</param>
    /// <param name="expected">What was asked for, such as <c>ProcessLock</c>.</param>
    public NamedObjectNotFoundException(string name, string expected)
        : base($"No program has a {expected} of the name '{name}'. It goes with the last program that has it; OpenOrCreate makes one where there is none.") => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }
}

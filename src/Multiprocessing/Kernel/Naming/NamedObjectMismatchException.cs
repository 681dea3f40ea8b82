namespace Multiprocessing;

/// <summary>There is an object of that name, and it is not what was asked for: of another kind, item type, capacity or size, or made by a build that this one would misread.</summary>
public sealed class NamedObjectMismatchException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="name">The name.</param>
    /// <param name="expected">What was asked for.</param>
    /// <param name="actual">What is there.</param>
    /// <param name="message">What happened, and the way out.</param>
    public NamedObjectMismatchException(string name, string expected, string actual, string message)
        : base(message)
    {
        Name = name;
        Expected = expected;
        Actual = actual;
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>What was asked for.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Actual { get; }
}

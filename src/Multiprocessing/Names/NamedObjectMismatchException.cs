namespace Multiprocessing;

/// <summary>There is an object of that name, and it is not what was asked for: of another kind, item type, capacity or size, or made by a build that this one would misread.</summary>
public sealed class NamedObjectMismatchException : InvalidOperationException
{
    internal NamedObjectMismatchException(string name, string expected, string actual, string message)
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

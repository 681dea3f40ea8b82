namespace Multiprocessing.Shapes;

public sealed record Item(int Id, string Name);

public enum Colour
{
    Red,
    Green,
}

public readonly record struct Money(decimal Amount, string Currency);

/// <summary>A base whose private field nothing but the derived object's own code reads.</summary>
public abstract class Animal(string name)
{
    private readonly string _name = name;

    public string Introduce() => $"{_name} the {Kind}";

    protected abstract string Kind { get; }
}

public sealed class Cat(string name) : Animal(name)
{
    protected override string Kind => "cat";
}

/// <summary>Passed as an interface: only the object determines its type.</summary>
public interface IShout
{
    string Shout(string word);
}

public sealed class LoudShout(int marks) : IShout
{
    public string Shout(string word) => word.ToUpperInvariant() + new string('!', marks);
}

public sealed class Node<T>(T value)
{
    public T Value { get; } = value;

    public Node<T>? Next { get; set; }
}

public sealed class OrderRefusedException(int order, string message) : Exception(message)
{
    public int Order { get; } = order;
}

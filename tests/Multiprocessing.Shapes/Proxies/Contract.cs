using System.Text.Json.Serialization;
using Multiprocessing;

// What the native caller and the server share: the names, the values and the interfaces.
internal static class Shared
{
    public static readonly byte[] Key = "the key of the shapes"u8.ToArray();

    public static RegisteredTypes Types() => new RegisteredTypes(ShapeJson.Default).Register<Order>().Register<Line>().Register<Color>();
}

public enum Color
{
    Red,
    Green,
}

public sealed record Line(int Number, decimal Price);

public sealed record Order(string Name, List<Line> Lines, Dictionary<string, Color> Colors);

// The collections that are members of others need their code, too.
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(Line))]
[JsonSerializable(typeof(Color))]
[JsonSerializable(typeof(List<Order>))]
[JsonSerializable(typeof(int[]))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof((int, string)))]
internal sealed partial class ShapeJson : JsonSerializerContext;

/// <summary>Every kind of member that crosses between programs.</summary>
public interface IClerk
{
    event EventHandler<int>? Raised;

    int Count { get; set; }

    string this[int index] { get; set; }

    ILedger Ledger { get; }

    void Nothing();

    int Add(int a, int b = 3);

    string? Text(string? text);

    Task<string> UpperAsync(string text);

    ValueTask<Order> DoubleAsync(Order order);

    List<Order> All(int count);

    (int Number, string Text) Pair((int Number, string Text) pair);

    int? Maybe(int? value);

    int[] Sorted(int[] values);

    string Ask(IWitness witness);

    Task<int> WaitAsync(CancellationToken cancellationToken);

    IAsyncEnumerable<Line> LinesAsync(int count, CancellationToken cancellationToken = default);

    Task<int> SumAsync(IAsyncEnumerable<int> values);

    Task WorkAsync(IProgress<double> progress);

    void Raise(int value);

    void Fail(string text);
}

/// <summary>An object of the server that a member returns.</summary>
public interface ILedger
{
    string Last { get; set; }

    ILedger? Next { get; }
}

/// <summary>An object of the caller, which the server calls.</summary>
public interface IWitness
{
    string Answer(string question);

    Order Sign(Order order);
}

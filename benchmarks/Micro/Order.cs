namespace Micro;

/// <summary>A small object as programs send it: five fields and a list.</summary>
public sealed class Order
{
    public int Id { get; init; } = 4711;

    public string Customer { get; init; } = "Ada Lovelace";

    public double Total { get; init; } = 129.95;

    public DateTime Placed { get; init; } = new(638_000_000_000_000_000);

    public bool Urgent { get; init; } = true;

    public List<int> Lines { get; init; } = [1, 2, 3, 4, 5, 6, 7, 8];
}

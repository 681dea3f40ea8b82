namespace Multiprocessing;

/// <summary>The errors of managed objects.</summary>
internal static class ManagedErrors
{
    public static KeyNotFoundException MissingKey<TKey>(TKey key) =>
        new($"The managed dictionary has no key {ManagedText.OfValue(key)}. Use TryGet or GetOrAdd if the key may be missing.");

    public static KeyNotFoundException MissingName(string name) =>
        new($"The managed namespace has no value with the name \"{name}\". Use TryGet if it may be missing.");

    public static ArgumentOutOfRangeException Index(int index, int count) =>
        new(nameof(index), index, $"The managed list has {count} items.");

    public static InvalidOperationException EmptyList() => new("The managed list has no items.");
}

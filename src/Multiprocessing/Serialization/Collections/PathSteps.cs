using System.Globalization;

namespace Multiprocessing;

/// <summary>Labels of the items of collections in paths.</summary>
internal static class PathSteps
{
    public static IEnumerable<PathStep> Of<TItem>(TItem item, int index)
    {
        if (typeof(TItem) is { IsConstructedGenericType: true } type && type.GetGenericTypeDefinition() == typeof(HashItem<,>))
        {
            return Of(type.GetField("Key")!.GetValue(item), type.GetField("Value")!.GetValue(item));
        }

        return [new PathStep($"element [{index}]", item)];
    }

    private static IEnumerable<PathStep> Of(object? key, object? value) =>
        [new PathStep("key " + Show(key), key), new PathStep("value of key " + Show(key), value)];

    /// <summary>Returns the text of a key of a simple type, and the type of any other key, whose ToString is user code.</summary>
    private static string Show(object? key) => key switch
    {
        null => "null",
        string text => $"\"{(text.Length > 40 ? text[..40] + "…" : text)}\"",
        IFormattable plain when key.GetType().IsPrimitive || key is Guid or Enum or DateTime => plain.ToString(null, CultureInfo.InvariantCulture),
        _ => $"({key.GetType()})",
    };
}

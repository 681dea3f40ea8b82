using System.Globalization;
using System.Text;

namespace Multiprocessing;

/// <summary>The texts of referents: what <see cref="object.ToString"/> of a proxy returns.</summary>
internal static class ManagedText
{
    /// <summary>Longer texts are cut: the text is for people.</summary>
    private const int MaxItems = 1000;

    public static string Of<TKey, TValue>(Pair<TKey, TValue>[] items) =>
        Braces('{', '}', items.Select(static item => $"{OfValue(item.Key)}: {OfValue(item.Value)}"), items.Length);

    public static string OfList<T>(T[] items) => Braces('[', ']', items.Select(static item => OfValue(item)), items.Length);

    public static string OfSet<T>(T[] items) => Braces('{', '}', items.Select(static item => OfValue(item)), items.Length);

    public static string OfValue<T>(T value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Braces(char open, char close, IEnumerable<string> items, int count)
    {
        var text = new StringBuilder().Append(open).AppendJoin(", ", items.Take(MaxItems));
        if (count > MaxItems)
        {
            text.Append(CultureInfo.InvariantCulture, $", ... ({count - MaxItems} more)");
        }

        return text.Append(close).ToString();
    }
}

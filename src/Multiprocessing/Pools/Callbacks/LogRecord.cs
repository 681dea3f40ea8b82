using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Multiprocessing;

/// <summary>A log record of a worker. Values of simple types keep their type; others cross as text, because people and files read a log.</summary>
internal sealed class LogRecord
{
    /// <summary>Gets the logger's category, if a factory in the worker created the logger.</summary>
    public required string? Category { get; init; }

    public required LogLevel Level { get; init; }

    public required int EventId { get; init; }

    public required string? EventName { get; init; }

    public required string Message { get; init; }

    public required KeyValuePair<string, object?>[] Values { get; init; }

    /// <summary>Gets the texts and values of the scopes that the task has opened, outermost first.</summary>
    public required LogValues[] Scopes { get; init; }

    public static KeyValuePair<string, object?>[] ValuesOf(object? state) =>
        state is IEnumerable<KeyValuePair<string, object?>> values
            ? [.. values.Select(static value => KeyValuePair.Create(value.Key, Simple(value.Value)))]
            : [];

    private static object? Simple(object? value) => value switch
    {
        null => null,
        not Enum when Type.GetTypeCode(value.GetType()) != TypeCode.Object => value,
        Guid or DateTimeOffset or TimeSpan or DateOnly or TimeOnly => value,
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };
}

/// <summary>Named values with a text, as loggers take them for a record's state or a scope.</summary>
internal sealed class LogValues(string text, KeyValuePair<string, object?>[] values) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly string _text = text;
    private readonly KeyValuePair<string, object?>[] _values = values;

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, object?>>)_values).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => _text;
}

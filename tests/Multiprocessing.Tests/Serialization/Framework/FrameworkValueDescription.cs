using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;

namespace Multiprocessing.Tests.Serialization;

/// <summary>
/// The content of any object as text that is the same in every process: its public properties and fields, its items, what its ToString says, and
/// whether it finds its own keys and items again.
/// </summary>
internal sealed class FrameworkValueDescription
{
    private const int MostDepth = 3;
    private const int MostItems = 100;
    private const int MostText = 20_000;

    /// <summary>Properties that name the process, the moment or the place in memory, or that wait.</summary>
    private static readonly HashSet<string> Skipped =
    [
        "SyncRoot", "Now", "UtcNow", "ManagedThreadId", "Handle", "SafeHandle", "MethodHandle", "TypeHandle", "FieldHandle", "ModuleHandle", "ImageRuntimeVersion", "StackTrace", "TargetSite",
        "Elapsed", "ElapsedTicks", "ElapsedMilliseconds", "Capacity", "HashCode",

        // Of exceptions: the assembly that threw it is known only when it is asked for.
        "Source",

        // These change while the test runs, or are random at each call.
        "AvailableFreeSpace", "TotalFreeSpace", "CreationTime", "CreationTimeUtc", "LastAccessTime", "LastAccessTimeUtc", "LastWriteTime", "LastWriteTimeUtc", "ContentId",

        // Of delegates and expressions of this test.
        "Method", "Target",

        // Waits.
        "Result",
    ];

    private readonly StringBuilder _text = new();
    private readonly List<object> _open = [];

    public static string Of(object? value)
    {
        try
        {
            // So that it remembers it, if it does.
            _ = value?.GetHashCode();
        }
        catch (Exception)
        {
            // It has none.
        }

        var description = new FrameworkValueDescription();
        description.Add(value, 0);
        return description._text.ToString();
    }

    private void Add(object? value, int depth)
    {
        if (_text.Length > MostText)
        {
            return;
        }

        if (value is null)
        {
            _text.Append("null");
            return;
        }

        var type = value.GetType();
        if (AddPlain(value, type))
        {
            return;
        }

        var before = _open.FindIndex(open => ReferenceEquals(open, value));
        if (before >= 0)
        {
            _text.Append("(as ").Append(_open.Count - before).Append(" further out)");
            return;
        }

        // Which private class of the framework it is says nothing.
        var visible = type;
        while (!visible.IsVisible && visible.BaseType is { } level && level != typeof(object))
        {
            visible = level;
        }

        _text.Append(visible.Name);
        if (depth > MostDepth)
        {
            return;
        }

        _open.Add(value);
        _text.Append('{');
        AddText(value, type);
        AddMembers(value, type, depth);
        AddItems(value, type, depth);
        _text.Append('}');
        _open.RemoveAt(_open.Count - 1);
    }

    private bool AddPlain(object value, Type type)
    {
        switch (value)
        {
            case string text:
                _text.Append('"').Append(text).Append('"');
                return true;
            case Type or MemberInfo or Assembly or Module or ParameterInfo:
                _text.Append(value);
                return true;
            case Delegate or nint or nuint or Pointer or Task or WaitHandle:
                _text.Append(type.Name);
                return true;
            case IFormattable plain when type.IsPrimitive || type.IsEnum || value is decimal or Guid or TimeSpan:
                _text.Append(plain.ToString(null, CultureInfo.InvariantCulture));
                return true;
            case DateTime time:
                _text.Append(time.ToString("O", CultureInfo.InvariantCulture)).Append(time.Kind);
                return true;
            default:
                return false;
        }
    }

    private void AddText(object value, Type type)
    {
        if (value is Exception or System.Diagnostics.Stopwatch or System.Net.Mime.ContentType || type.GetMethod("ToString", Type.EmptyTypes)?.DeclaringType is { } declaring && (declaring == typeof(object) || declaring == typeof(ValueType)))
        {
            return;
        }

        try
        {
            _text.Append('\'').Append(value).Append("';");
        }
        catch (Exception error)
        {
            _text.Append("ToString: ").Append(error.GetType().Name).Append(';');
        }
    }

    private void AddMembers(object value, Type type, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).OrderBy(static property => property.Name, StringComparer.Ordinal))
        {
            if (property.GetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0 || property.PropertyType.IsByRefLike || property.PropertyType.IsByRef || property.PropertyType.IsPointer
                || Skipped.Contains(property.Name) || property.IsDefined(typeof(ObsoleteAttribute)))
            {
                continue;
            }

            _text.Append(property.Name).Append('=');
            object? content;
            try
            {
                content = property.GetValue(value, BindingFlags.DoNotWrapExceptions, null, null, CultureInfo.InvariantCulture);
            }
            catch (Exception error)
            {
                _text.Append(error.GetType().Name).Append(';');
                continue;
            }

            Add(content, depth + 1);
            _text.Append(';');
        }

        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            if (!field.FieldType.IsPointer)
            {
                _text.Append(field.Name).Append('=');
                Add(field.GetValue(value), depth + 1);
                _text.Append(';');
            }
        }
    }

    private void AddItems(object value, Type type, int depth)
    {
        if (value is not IEnumerable items || value is IEnumerator)
        {
            return;
        }

        var found = new List<object?>();
        try
        {
            foreach (var item in items)
            {
                found.Add(item);
                if (found.Count == MostItems)
                {
                    break;
                }
            }
        }
        catch (Exception error)
        {
            _text.Append("items: ").Append(error.GetType().Name);
        }

        var shown = new List<string>();
        foreach (var item in found)
        {
            var start = _text.Length;
            Add(item, depth + 1);
            var text = _text.ToString(start, _text.Length - start);
            _text.Length = start;
            shown.Add(text + (Finds(value, type, item) ? "+" : "-"));
        }

        // The order of a hash table is its own affair, also of one that says how many items it has by other names.
        if (IsUnordered(type))
        {
            shown.Sort(StringComparer.Ordinal);
        }

        _text.Append('[').AppendJoin(", ", shown).Append(']');
    }

    /// <summary>Whether a set or a dictionary finds what it enumerates; false also for what cannot search.</summary>
    private static bool Finds(object value, Type type, object? item)
    {
        try
        {
            switch (item)
            {
                case DictionaryEntry entry when value is IDictionary dictionary:
                    return dictionary.Contains(entry.Key) && Equals(dictionary[entry.Key], entry.Value);
                case null:
                    return false;
            }

            var key = item.GetType() is { IsGenericType: true } pair && pair.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? pair.GetProperty("Key")!.GetValue(item) : item;
            foreach (var name in new[] { "ContainsKey", "Contains", "get_Item" })
            {
                var method = Array.Find(type.GetMethods(), method => method.Name == name && method.GetParameters() is [var parameter] && parameter.ParameterType.IsInstanceOfType(key));
                if (method is not null)
                {
                    return method.Invoke(value, [key]) is not false and not null;
                }
            }
        }
        catch (Exception)
        {
            // It cannot search for that.
        }

        return false;
    }

    private static bool IsUnordered(Type type) =>
        type.Name.Contains("Dictionary", StringComparison.Ordinal) || type.Name.Contains("Hash", StringComparison.Ordinal) || type.Name.Contains("Set", StringComparison.Ordinal)
        || type.Name.Contains("Collection", StringComparison.Ordinal);
}

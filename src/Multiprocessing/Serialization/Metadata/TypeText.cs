using System.Text;

namespace Multiprocessing;

/// <summary>
/// Names of types in texts for users, as in C#: <c>System.Collections.Generic.List&lt;System.Int32&gt;</c> and not the runtime's
/// List`1[System.Int32].
/// </summary>
internal static class TypeText
{
    public static string Of(Type type)
    {
        if (type.IsArray)
        {
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (!type.IsGenericType)
        {
            return type.ToString().Replace('+', '.');
        }

        var arguments = type.GetGenericArguments();
        var name = type.GetGenericTypeDefinition().FullName ?? type.Name;
        var text = new StringBuilder();
        var next = 0;
        foreach (var level in name.Split('+'))
        {
            // Outer<T>.Inner<U> is Outer`1+Inner`1 with the arguments of both at the end.
            var tick = level.IndexOf('`', StringComparison.Ordinal);
            text.Append(text.Length > 0 ? "." : "").Append(tick < 0 ? level : level[..tick]);
            var count = tick < 0 ? 0 : int.Parse(level.AsSpan(tick + 1), System.Globalization.CultureInfo.InvariantCulture);
            if (count > 0)
            {
                text.Append('<').AppendJoin(", ", arguments.Skip(next).Take(count).Select(Of)).Append('>');
                next += count;
            }
        }

        return text.ToString();
    }
}

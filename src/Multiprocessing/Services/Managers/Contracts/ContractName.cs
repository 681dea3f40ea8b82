using System.Text;

namespace Multiprocessing;

/// <summary>Names and fingerprints of the contracts of managed types: the same in every build and program that has the same types.</summary>
internal static class ContractName
{
    public static string Of(Type type)
    {
        var text = new StringBuilder();
        Append(text, type);
        return text.ToString();
    }

    /// <summary>FNV-1a of the name of the type and of its members, as the generated contracts have it.</summary>
    public static ulong Fingerprint<T>(ReadOnlySpan<string> members)
    {
        var hash = 14695981039346656037UL;
        Add(ref hash, Of(typeof(T)));
        foreach (var member in members)
        {
            Add(ref hash, member);
        }

        return hash;
    }

    private static void Add(ref ulong hash, string text)
    {
        foreach (var character in text)
        {
            hash = (hash ^ character) * 1099511628211UL;
        }

        hash = (hash ^ '\n') * 1099511628211UL;
    }

    private static void Append(StringBuilder text, Type type)
    {
        if (type.IsArray)
        {
            Append(text, type.GetElementType()!);
            text.Append('[').Append(',', type.GetArrayRank() - 1).Append(']');
            return;
        }

        if (!type.IsGenericType)
        {
            text.Append(type.FullName ?? type.Name);
            return;
        }

        text.Append(type.GetGenericTypeDefinition().FullName).Append('[');
        var isFirst = true;
        foreach (var argument in type.GetGenericArguments())
        {
            text.Append(isFirst ? "" : ",");
            isFirst = false;
            Append(text, argument);
        }

        text.Append(']');
    }
}

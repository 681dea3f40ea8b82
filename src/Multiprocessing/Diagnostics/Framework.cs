using System.Reflection;

namespace Multiprocessing;

/// <summary>Recognizes the types of .NET itself.</summary>
internal static class Framework
{
    private static readonly byte[][] Keys =
    [
        Convert.FromHexString("7CEC85D7BEA7798E"), Convert.FromHexString("B03F5F7F11D50A3A"),
        Convert.FromHexString("CC7B13FFCD2DDD51"), Convert.FromHexString("B77A5C561934E089"),
    ];

    public static bool Owns(Type type) => type.Assembly == typeof(object).Assembly || Owns(type.Assembly.GetName());

    private static bool Owns(AssemblyName name)
    {
        if (name.Name is not { } simple
            || !(simple.StartsWith("System.", StringComparison.Ordinal) || simple is "System" or "netstandard" or "mscorlib"))
        {
            return false;
        }

        var token = name.GetPublicKeyToken();
        return token is not null && Array.Exists(Keys, key => key.AsSpan().SequenceEqual(token));
    }
}

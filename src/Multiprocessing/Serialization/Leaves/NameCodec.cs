using System.Reflection;

namespace Multiprocessing;

/// <summary>Types, members, modules and assemblies: by name, and found again in the other process.</summary>
internal sealed class NameCodec(Type type) : ObjectCodec(type, CodecTraits.None)
{
    public static bool Covers(Type type) =>
        typeof(MemberInfo).IsAssignableFrom(type) || typeof(Module).IsAssignableFrom(type) || typeof(Assembly).IsAssignableFrom(type) || typeof(ParameterInfo).IsAssignableFrom(type);

    /// <summary>Whether an object of this type is the runtime's own, and not one that somebody derived or that is being built.</summary>
    public static bool IsRuntimes(Type type) =>
        type.IsAbstract
        || (type.Assembly == typeof(object).Assembly
            && type.FullName is { } name
            && (name is "System.RuntimeType" || name.StartsWith("System.Reflection.Runtime", StringComparison.Ordinal) || name is "System.Reflection.RtFieldInfo" or "System.Reflection.MdFieldInfo"));

    public override void WriteHead(GraphWriter writer, object value) => writer.WriteName(NameTable.Of(value));

    public override object Create(GraphReader reader) => reader.ReadName().Thing;

    public override Refusal? Refuse(object value, in WriteContext context)
    {
        try
        {
            NameTable.Of(value);
            return null;
        }
        catch (CannotCrossException error)
        {
            return error.Refusal;
        }
    }
}

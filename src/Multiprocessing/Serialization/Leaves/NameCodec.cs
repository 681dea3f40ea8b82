using System.Reflection;

namespace Multiprocessing;

/// <summary>Types, members, modules and assemblies: they cross as a name, by which the reader finds them.</summary>
internal sealed class NameCodec(Type type) : ObjectCodec(type, CodecTraits.None)
{
    public static bool Covers(Type type) =>
        typeof(MemberInfo).IsAssignableFrom(type) || typeof(Module).IsAssignableFrom(type)
        || typeof(Assembly).IsAssignableFrom(type) || typeof(ParameterInfo).IsAssignableFrom(type);

    /// <summary>Returns whether objects of this type are the runtime's own, and not of a derived class or of a type builder.</summary>
    public static bool IsRuntimes(Type type) =>
        type.IsAbstract
        || (type.Assembly == typeof(object).Assembly
            && type.FullName is { } name
            && (name is "System.RuntimeType" or "System.Reflection.RtFieldInfo" or "System.Reflection.MdFieldInfo"
                || name.StartsWith("System.Reflection.Runtime", StringComparison.Ordinal)));

    public override void WriteHead(GraphWriter writer, object value) => writer.WriteName(NameTable.Of(value));

    public override object Create(GraphReader reader) => reader.ReadName().Symbol;

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

using System.Reflection;

namespace Multiprocessing;

/// <summary>Types, members, modules and assemblies: by name, and found again in the other process.</summary>
internal sealed class NameCodec(Type type) : ObjectCodec(type, CodecTraits.None)
{
    public static bool Covers(Type type) =>
        typeof(MemberInfo).IsAssignableFrom(type) || typeof(Module).IsAssignableFrom(type) || typeof(Assembly).IsAssignableFrom(type) || typeof(ParameterInfo).IsAssignableFrom(type);

    public override void WriteHead(GraphWriter writer, object value) => writer.WriteName(NameTable.Of(value));

    public override object Create(GraphReader reader) => reader.ReadName().Thing;

    public override Refusal? Refuse(object value)
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

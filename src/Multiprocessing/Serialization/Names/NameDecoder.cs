using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using System.Runtime.Serialization;
using System.Text;

namespace Multiprocessing;

/// <summary>Finds what a <see cref="NameEncoder"/> named.</summary>
internal static class NameDecoder
{
    private static readonly ConcurrentDictionary<ModuleKey, Module> Modules = new();

    private sealed record ModuleKey(Guid Version, string Name);

    public static unsafe object Decode(ReadOnlySpan<byte> blob)
    {
        fixed (byte* start = blob)
        {
            using var reader = new BinaryReader(new UnmanagedMemoryStream(start, blob.Length), Encoding.UTF8);
            try
            {
                return ReadThing(reader);
            }
            catch (Exception error) when (error is EndOfStreamException or ArgumentException or BadImageFormatException or FormatException)
            {
                throw new SerializationException("The message names a type or method that this process does not have: it was built from other sources.", error);
            }
        }
    }

    private static object ReadThing(BinaryReader reader)
    {
        var kind = (NameKind)reader.ReadByte();
        switch (kind)
        {
            case NameKind.Type:
                return ReadModule(reader).ResolveType(reader.ReadInt32());
            case NameKind.GenericType:
                var definition = ReadType(reader);
                return definition.MakeGenericType(ReadTypes(reader));
            case NameKind.Vector:
                return ReadType(reader).MakeArrayType();
            case NameKind.Array:
                var rank = reader.ReadByte();
                return ReadType(reader).MakeArrayType(rank);
            case NameKind.Pointer:
                return ReadType(reader).MakePointerType();
            case NameKind.ByReference:
                return ReadType(reader).MakeByRefType();
            case NameKind.TypeParameter:
                return ReadType(reader).GetGenericArguments()[reader.ReadInt32()];
            case NameKind.MethodParameter:
                return ((MethodBase)ReadThing(reader)).GetGenericArguments()[reader.ReadInt32()];
            case NameKind.Method:
                return ReadMethod(reader);
            case NameKind.Field:
                return FindMember<FieldInfo>(reader, static (type, flags) => type.GetFields(flags));
            case NameKind.Property:
                return FindMember<PropertyInfo>(reader, static (type, flags) => type.GetProperties(flags));
            case NameKind.Event:
                return FindMember<EventInfo>(reader, static (type, flags) => type.GetEvents(flags));
            case NameKind.Parameter:
                var member = ReadThing(reader);
                return ReadParameter(member, reader.ReadInt32());
            case NameKind.Module:
                return ReadModule(reader);
            case NameKind.Assembly:
                return ReadModule(reader).Assembly;
            default:
                throw GraphReader.Torn();
        }
    }

    private static Type ReadType(BinaryReader reader) => ReadThing(reader) as Type ?? throw GraphReader.Torn();

    private static Type[] ReadTypes(BinaryReader reader)
    {
        var types = new Type[reader.ReadByte()];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = ReadType(reader);
        }

        return types;
    }

    private static MethodBase ReadMethod(BinaryReader reader)
    {
        var module = ReadModule(reader);
        var owner = ReadOwner(reader);
        var method = module.ResolveMethod(reader.ReadInt32())!;
        if (owner is { IsConstructedGenericType: true })
        {
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, owner.TypeHandle)!;
        }

        var arguments = ReadTypes(reader);
        return arguments.Length == 0 ? method : ((MethodInfo)method).MakeGenericMethod(arguments);
    }

    private static object ReadParameter(object member, int position) => (member, position) switch
    {
        (MethodInfo method, -1) => method.ReturnParameter,
        (MethodBase method, _) => method.GetParameters()[position],
        (PropertyInfo property, _) => property.GetIndexParameters()[position],
        _ => throw GraphReader.Torn(),
    };

    private static T FindMember<T>(BinaryReader reader, Func<Type, BindingFlags, T[]> members)
        where T : MemberInfo
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        ReadModule(reader);
        var owner = ReadOwner(reader) ?? throw GraphReader.Torn();
        var token = reader.ReadInt32();
        return Array.Find(members(owner, All), member => member.MetadataToken == token) ?? throw GraphReader.Torn();
    }

    private static Type? ReadOwner(BinaryReader reader) => reader.ReadBoolean() ? ReadType(reader) : null;

    private static Module ReadModule(BinaryReader reader)
    {
        var kind = (ModuleKind)reader.ReadByte();
        switch (kind)
        {
            case ModuleKind.CoreLibrary:
                return typeof(object).Module;
            case ModuleKind.ThisLibrary:
                return typeof(NameDecoder).Module;
            case ModuleKind.Named or ModuleKind.NamedWithFile:
                break;
            default:
                throw GraphReader.Torn();
        }

        var id = new Guid(reader.ReadBytes(16));
        var name = ReadText(reader);
        var file = kind == ModuleKind.NamedWithFile ? ReadText(reader) : null;

        var key = new ModuleKey(id, name);
        return Modules.TryGetValue(key, out var module) ? module : Modules.GetOrAdd(key, Load(id, name, file));
    }

    private static Module Load(Guid id, string name, string? file)
    {
        // What is loaded already, in whichever way; a tenth of the time that parsing the name would take.
        foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!loaded.IsDynamic && ModuleOf(loaded, id) is { } module)
            {
                return module;
            }
        }

        Assembly assembly;
        try
        {
            assembly = file is null ? Assembly.Load(new AssemblyName(name)) : AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            throw new SerializationException($"This process cannot load the assembly '{name}', from which a type in the message comes: {error.Message}", error);
        }

        return ModuleOf(assembly, id)
            ?? throw new SerializationException(
                $"This process has another build of the assembly '{name}' ({assembly.Location}) than the one that wrote the message; start both from the same output.");
    }

    /// <summary>BinaryReader.ReadString takes 2 ms at its first call, in every child.</summary>
    private static string ReadText(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));

    private static Module? ModuleOf(Assembly assembly, Guid id) =>
        assembly.ManifestModule.ModuleVersionId == id ? assembly.ManifestModule : Array.Find(assembly.GetModules(), module => module.ModuleVersionId == id);
}

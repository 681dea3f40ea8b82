using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.Loader;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>Finds the type or member that a <see cref="NameEncoder"/> named.</summary>
internal static class NameDecoder
{
    private static KnownModule? _modules;

    /// <summary>A module that was found earlier, in a linked list: a program has few.</summary>
    private sealed class KnownModule(Guid version, Module module, KnownModule? next)
    {
        public readonly Guid Version = version;
        public readonly Module Module = module;
        public readonly KnownModule? Next = next;
    }

    /// <summary>Returns the name of a method of this library that has no type parameters, in a class that has none.</summary>
    public static byte[] OwnMethod(int token)
    {
        byte[] blob = [(byte)NameKind.Method, (byte)ModuleKind.ThisLibrary, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(blob.AsSpan(3), token);
        return blob;
    }

    public static object Decode(ReadOnlySpan<byte> blob)
    {
        var reader = new NameReader(blob);
        try
        {
            return ReadSymbol(ref reader);
        }
        catch (Exception error) when (error is EndOfStreamException or ArgumentException or BadImageFormatException or FormatException)
        {
            throw new SerializationException(
                $"Process {Environment.ProcessId} does not have a type or method that a message names: its program was built from other sources than "
                + "the sender's. Start both from the same build.", error);
        }
    }

    private static object ReadSymbol(ref NameReader reader)
    {
        var kind = (NameKind)reader.ReadByte();
        switch (kind)
        {
            case NameKind.Type:
                return ReadModule(ref reader).ResolveType(reader.ReadInt32());
            case NameKind.GenericType:
                var definition = ReadType(ref reader);
                return definition.MakeGenericType(ReadTypes(ref reader));
            case NameKind.Vector:
                return ReadType(ref reader).MakeArrayType();
            case NameKind.Array:
                var rank = reader.ReadByte();
                return ReadType(ref reader).MakeArrayType(rank);
            case NameKind.Pointer:
                return ReadType(ref reader).MakePointerType();
            case NameKind.ByReference:
                return ReadType(ref reader).MakeByRefType();
            case NameKind.TypeParameter:
                return ReadType(ref reader).GetGenericArguments()[reader.ReadInt32()];
            case NameKind.MethodParameter:
                return ((MethodBase)ReadSymbol(ref reader)).GetGenericArguments()[reader.ReadInt32()];
            case NameKind.Method:
                return ReadMethod(ref reader);
            case NameKind.Field:
                return FindMember<FieldInfo>(ref reader, static (type, flags) => type.GetFields(flags));
            case NameKind.Property:
                return FindMember<PropertyInfo>(ref reader, static (type, flags) => type.GetProperties(flags));
            case NameKind.Event:
                return FindMember<EventInfo>(ref reader, static (type, flags) => type.GetEvents(flags));
            case NameKind.Parameter:
                var member = ReadSymbol(ref reader);
                return ReadParameter(member, reader.ReadInt32());
            case NameKind.Module:
                return ReadModule(ref reader);
            case NameKind.Assembly:
                return ReadModule(ref reader).Assembly;
            default:
                throw GraphReader.Torn();
        }
    }

    private static Type ReadType(ref NameReader reader) => ReadSymbol(ref reader) as Type ?? throw GraphReader.Torn();

    private static Type[] ReadTypes(ref NameReader reader)
    {
        var types = new Type[reader.ReadByte()];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = ReadType(ref reader);
        }

        return types;
    }

    private static MethodBase ReadMethod(ref NameReader reader)
    {
        var module = ReadModule(ref reader);
        var owner = ReadOwner(ref reader);
        var method = module.ResolveMethod(reader.ReadInt32())!;
        if (owner is { IsConstructedGenericType: true })
        {
            method = MethodBase.GetMethodFromHandle(method.MethodHandle, owner.TypeHandle)!;
        }

        var arguments = ReadTypes(ref reader);
        return arguments.Length == 0 ? method : ((MethodInfo)method).MakeGenericMethod(arguments);
    }

    private static object ReadParameter(object member, int position) => (member, position) switch
    {
        (MethodInfo method, -1) => method.ReturnParameter,
        (MethodBase method, _) => method.GetParameters()[position],
        (PropertyInfo property, _) => property.GetIndexParameters()[position],
        _ => throw GraphReader.Torn(),
    };

    private static T FindMember<T>(ref NameReader reader, Func<Type, BindingFlags, T[]> members)
        where T : MemberInfo
    {
        const BindingFlags All =
            BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        ReadModule(ref reader);
        var owner = ReadOwner(ref reader) ?? throw GraphReader.Torn();
        var token = reader.ReadInt32();
        return Array.Find(members(owner, All), member => member.MetadataToken == token) ?? throw GraphReader.Torn();
    }

    private static Type? ReadOwner(ref NameReader reader) => reader.ReadBoolean() ? ReadType(ref reader) : null;

    private static Module ReadModule(ref NameReader reader)
    {
        var kind = (ModuleKind)reader.ReadByte();
        switch (kind)
        {
            case ModuleKind.CoreLibrary:
                return typeof(object).Module;
            case ModuleKind.ThisLibrary:
                return typeof(NameDecoder).Module;
            case ModuleKind.Named:
                break;
            case ModuleKind.Plugin:
                return ReadPlugin(ref reader);
            default:
                throw GraphReader.Torn();
        }

        var id = reader.ReadGuid();
        var name = reader.ReadText();
        var first = Volatile.Read(ref _modules);
        for (var known = first; known is not null; known = known.Next)
        {
            if (known.Version == id)
            {
                return known.Module;
            }
        }

        // Two threads may find the same module at the same time. An addition that is lost by that is made again later.
        var module = Load(id, name);
        Volatile.Write(ref _modules, new KnownModule(id, module, first));
        return module;
    }

    private static Module Load(Guid id, string name)
    {
        // First the program itself: most bodies are in it.
        if (Assembly.GetEntryAssembly() is { } entry && ModuleOf(entry, id) is { } own)
        {
            return own;
        }

        // Then the loaded assemblies, which takes a tenth of the time of parsing the name. A plug-in may have the same assembly in a context of its
        // own.
        Module? elsewhere = null;
        foreach (var loaded in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (!loaded.IsDynamic && ModuleOf(loaded, id) is { } module)
            {
                if (AssemblyLoadContext.GetLoadContext(loaded) == AssemblyLoadContext.Default)
                {
                    return module;
                }

                elsewhere = module;
            }
        }

        Assembly assembly;
        try
        {
            assembly = Assembly.Load(new AssemblyName(name));
        }
        catch (Exception error) when (error is IOException or BadImageFormatException)
        {
            if (elsewhere is not null)
            {
                return elsewhere; // a host has loaded the whole program into a context of its own
            }

            throw new SerializationException(
                $"Process {Environment.ProcessId} cannot load the assembly '{name}', which declares a type in a message: {error.Message}", error);
        }

        return ModuleOf(assembly, id)
            ?? throw new SerializationException(
                $"Process {Environment.ProcessId} has another build of the assembly '{name}' ({assembly.Location}) than the sender of the message; "
                + "start both from the same build.");
    }

    private static Module ReadPlugin(ref NameReader reader)
    {
        var id = reader.ReadGuid();
        var name = reader.ReadText();
        var file = reader.ReadText();
        var context = ReadContext(ref reader);
        var dependencies = new AssemblyOrigin.Dependency[reader.ReadCount()];
        for (var i = 0; i < dependencies.Length; i++)
        {
            dependencies[i] = new AssemblyOrigin.Dependency(reader.ReadText(), reader.ReadText(), ReadContext(ref reader));
        }

        return PluginLoader.Find(context, file, id, name, dependencies);
    }

    private static ContextKey ReadContext(ref NameReader reader) => (ContextKind)reader.ReadByte() switch
    {
        ContextKind.Default => ContextKey.Default,
        ContextKind.File => ContextKey.File,
        ContextKind.Own => new ContextKey(ContextKind.Own, reader.ReadGuid(), reader.ReadInt32(), reader.ReadText(), reader.ReadBoolean()),
        _ => throw GraphReader.Torn(),
    };

    private static Module? ModuleOf(Assembly assembly, Guid id) =>
        assembly.ManifestModule.ModuleVersionId == id
            ? assembly.ManifestModule
            : Array.Find(assembly.GetModules(), module => module.ModuleVersionId == id);
}

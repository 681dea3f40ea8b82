using System.Reflection;
using System.Text;

namespace Multiprocessing;

/// <summary>Names types and members by the version id of their module and their metadata token, because both processes run the same build.</summary>
internal ref struct NameEncoder
{
    private readonly BinaryWriter _out;
    private readonly object _symbol;

    private NameEncoder(object symbol, Stream stream)
    {
        _symbol = symbol;
        _out = new BinaryWriter(stream, Encoding.UTF8);
    }

    public static byte[] Encode(object symbol)
    {
        using var stream = new MemoryStream();
        var encoder = new NameEncoder(symbol, stream);
        encoder.WriteSymbol(symbol);
        return stream.ToArray();
    }

    private readonly void WriteSymbol(object symbol)
    {
        switch (symbol)
        {
            case Type type:
                WriteType(type);
                break;
            case MethodBase method:
                WriteMember(NameKind.Method, method);
                WriteTypes(method is MethodInfo { IsGenericMethod: true, IsGenericMethodDefinition: false } ? method.GetGenericArguments() : []);
                break;
            case FieldInfo field:
                WriteMember(NameKind.Field, field);
                break;
            case PropertyInfo property:
                WriteMember(NameKind.Property, property);
                break;
            case EventInfo @event:
                WriteMember(NameKind.Event, @event);
                break;
            case ParameterInfo parameter:
                _out.Write((byte)NameKind.Parameter);
                WriteSymbol(parameter.Member);
                _out.Write(parameter.Position);
                break;
            case Module module:
                _out.Write((byte)NameKind.Module);
                WriteModule(module);
                break;
            case Assembly assembly:
                _out.Write((byte)NameKind.Assembly);
                WriteModule(assembly.ManifestModule);
                break;
            default:
                throw new CannotCrossException(new Refusal(symbol.GetType(), "Pass its name, and find it in the child."), symbol);
        }
    }

    private readonly void WriteType(Type type)
    {
        if (type.IsArray)
        {
            _out.Write((byte)(type.IsSZArray ? NameKind.Vector : NameKind.Array));
            if (!type.IsSZArray)
            {
                _out.Write((byte)type.GetArrayRank());
            }

            WriteType(type.GetElementType()!);
        }
        else if (type.IsPointer || type.IsByRef)
        {
            _out.Write((byte)(type.IsPointer ? NameKind.Pointer : NameKind.ByReference));
            WriteType(type.GetElementType()!);
        }
        else if (type.IsGenericParameter)
        {
            _out.Write((byte)(type.IsGenericTypeParameter ? NameKind.TypeParameter : NameKind.MethodParameter));
            WriteSymbol(type.IsGenericTypeParameter ? type.DeclaringType! : type.DeclaringMethod!);
            _out.Write(type.GenericParameterPosition);
        }
        else if (type.IsConstructedGenericType)
        {
            _out.Write((byte)NameKind.GenericType);
            WriteType(type.GetGenericTypeDefinition());
            WriteTypes(type.GetGenericArguments());
        }
        else if (type.IsFunctionPointer || type is { IsByRefLike: true, IsGenericParameter: true })
        {
            throw new CannotCrossException(new Refusal(type, "A function pointer is an address in this process; pass a delegate."), _symbol);
        }
        else
        {
            _out.Write((byte)NameKind.Type);
            WriteModule(type.Module);
            _out.Write(type.MetadataToken);
        }
    }

    private readonly void WriteTypes(Type[] types)
    {
        _out.Write((byte)types.Length);
        foreach (var type in types)
        {
            WriteType(type);
        }
    }

    private readonly void WriteMember(NameKind kind, MemberInfo member)
    {
        _out.Write((byte)kind);
        WriteModule(member.Module);
        _out.Write(member.DeclaringType is not null);
        if (member.DeclaringType is { } declaring)
        {
            WriteType(declaring);
        }

        _out.Write(member.MetadataToken);
    }

    private readonly void WriteModule(Module module)
    {
        if (module == typeof(object).Module)
        {
            _out.Write((byte)ModuleKind.CoreLibrary);
            return;
        }

        if (module == typeof(NameEncoder).Module)
        {
            _out.Write((byte)ModuleKind.ThisLibrary);
            return;
        }

        var assembly = module.Assembly;
        var origin = AssemblyOrigin.Of(assembly);
        if (origin.Suggestion is { } suggestion)
        {
            throw new CannotCrossException(new Refusal(_symbol as Type ?? _symbol.GetType(), suggestion), _symbol);
        }

        _out.Write((byte)(origin.File is null ? ModuleKind.Named : ModuleKind.Plugin));
        _out.Write(module.ModuleVersionId.ToByteArray());
        WriteText(assembly.FullName!);
        if (origin.File is not null)
        {
            WriteText(origin.File);
            WriteContext(origin.Context!);
            _out.Write(origin.Dependencies.Length);
            foreach (var dependency in origin.Dependencies)
            {
                WriteText(dependency.Name);
                WriteText(dependency.File);
                WriteContext(dependency.Context);
            }
        }
    }

    private readonly void WriteContext(ContextKey context)
    {
        _out.Write((byte)context.Kind);
        if (context.Kind == ContextKind.Own)
        {
            _out.Write(context.Process.ToByteArray());
            _out.Write(context.Number);
            WriteText(context.Name);
            _out.Write(context.IsCollectible);
        }
    }

    private readonly void WriteText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _out.Write(bytes.Length);
        _out.Write(bytes);
    }
}

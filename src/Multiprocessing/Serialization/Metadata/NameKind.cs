namespace Multiprocessing;

/// <summary>What a name begins with.</summary>
internal enum NameKind : byte
{
    Type,
    GenericType,
    Vector,
    Array,
    Pointer,
    ByReference,
    TypeParameter,
    MethodParameter,
    Method,
    Field,
    Property,
    Event,
    Parameter,
    Module,
    Assembly,
}

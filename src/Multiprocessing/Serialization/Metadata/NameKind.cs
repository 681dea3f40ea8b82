namespace Multiprocessing;

/// <summary>The first byte of a name.</summary>
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

namespace Multiprocessing.Generators;

// What the generator writes, without symbols: equal before and after an edit that does not concern the interface. Types are texts as C# writes them
// with all qualifications ("global::System.Int32").

/// <param name="Type">The declared type.</param>
/// <param name="Item">What crosses: the type itself, or T of an <c>IProgress&lt;T&gt;</c> or <c>IAsyncEnumerable&lt;T&gt;</c>.</param>
/// <param name="Name">The name, for the texts of errors.</param>
/// <param name="Ensured">The generic contract that must be registered before a proxied object of this type crosses.</param>
internal sealed record ParameterModel(string Type, string Item, string Name, Carriage Carriage, string? Ensured);

/// <param name="Type">The declared type, such as <c>Task&lt;int&gt;</c>.</param>
/// <param name="Item">What crosses; <see langword="null"/> for none.</param>
/// <param name="Ensured">The generic contract that must be registered before a proxied object of this type crosses.</param>
internal sealed record ResultModel(string Type, string? Item, ResultShape Shape, Carriage Carriage, string? Ensured)
{
    public static readonly ResultModel Nothing = new("void", null, ResultShape.Direct, Carriage.Value, null);
}

/// <param name="Constraints">The constraint clause, or an empty text.</param>
internal sealed record TypeParameterModel(string Name, string Constraints);

/// <summary>One numbered call.</summary>
/// <param name="Number">The number in messages.</param>
internal sealed record CallModel(int Number, EquatableArray<ParameterModel> Parameters, ResultModel Result, bool IsObsolete);

/// <param name="Owner">The interface that declares it.</param>
internal sealed record MethodModel(string Owner, string Name, EquatableArray<TypeParameterModel> TypeParameters, CallModel Call);

/// <param name="Owner">The interface that declares it.</param>
/// <param name="Name">The name, or <c>this</c> for an indexer.</param>
/// <param name="Index">The parameters of an indexer.</param>
internal sealed record PropertyModel(
    string Owner, string Name, string Type, EquatableArray<ParameterModel> Index, CallModel? Get, CallModel? Set)
{
    public bool IsIndexer => Index.Count > 0;
}

/// <param name="Owner">The interface that declares it.</param>
/// <param name="Type">The type of the delegate.</param>
internal sealed record EventModel(string Owner, string Name, string Type, CallModel Call);

/// <param name="Reference">The interface as C# writes it, with its own type parameters.</param>
/// <param name="Identifier">The part of the generated names that stands for the interface.</param>
/// <param name="DisplayName">The name without type arguments, for errors and for programs on other machines.</param>
/// <param name="Fingerprint">FNV-1a of all signatures.</param>
/// <param name="Labels">The names of the numbered calls.</param>
internal sealed record InterfaceModel(
    string Reference,
    string Identifier,
    string DisplayName,
    ulong Fingerprint,
    EquatableArray<TypeParameterModel> TypeParameters,
    EquatableArray<string> Labels,
    EquatableArray<MethodModel> Methods,
    EquatableArray<PropertyModel> Properties,
    EquatableArray<EventModel> Events)
{
    public string Arguments => TypeParameters.Count == 0 ? "" : $"<{string.Join(", ", TypeParameters.Select(static parameter => parameter.Name))}>";

    public string Contract => Names.Contract(Identifier);

    public string Proxy => Names.Proxy(Identifier);
}

/// <summary>What one place in the program asks for.</summary>
/// <param name="Interfaces">The interface and those that its members mention.</param>
/// <param name="Registrations">The contracts to register, closed.</param>
internal sealed record ProxyNeed(EquatableArray<InterfaceModel> Interfaces, EquatableArray<string> Registrations)
{
    public static readonly ProxyNeed None = new(EquatableArray<InterfaceModel>.Empty, EquatableArray<string>.Empty);
}

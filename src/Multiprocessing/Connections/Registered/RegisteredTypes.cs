using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Multiprocessing;

/// <summary>
/// The types whose values may cross between different programs: over a <c>ManagerServer</c> and a <c>ManagerClient</c>, and over
/// connections through sockets. No other type is ever created from a message, whatever the other side sends, and code never crosses.
/// <para>
/// These types need no registration: the numbers, <see cref="bool"/>, <see cref="char"/>, <see cref="string"/>, <see cref="decimal"/>,
/// <see cref="Guid"/>, <see cref="DateTime"/>, <see cref="DateTimeOffset"/>, <see cref="DateOnly"/>, <see cref="TimeOnly"/>, <see cref="TimeSpan"/>,
/// <see cref="Uri"/>, <see cref="Version"/>, and arrays, lists, sets, dictionaries, tuples and nullables of types that may cross. Register records,
/// structs, classes and enums with <see cref="Register{T}"/>, also those that are only members of others. Where no object of this class is given,
/// these simple types cross, with their nullables and arrays.
/// </para>
/// </summary>
/// <remarks>
/// Registered types are written as JSON: public properties and fields. A value is of the declared type exactly: type names in messages are not used.
/// Both programs need the types with the same names of members; their assemblies may differ. Register all types before the first use; afterwards the
/// object does not change and is safe to use from any thread.
/// </remarks>
/// <example>
/// <code>
/// // The same in both programs. In a trimmed program: new RegisteredTypes(MyJsonContext.Default).
/// var types = new RegisteredTypes()
///     .Register&lt;ChatMessage>()
///     .Register&lt;DayOfWeek>();
/// </code>
/// </example>
public sealed class RegisteredTypes
{
    private readonly ConcurrentDictionary<Type, RegisteredType> _byType = new();
    private readonly ConcurrentDictionary<string, RegisteredType> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Type, TypeCheck> _checks = new();
    private readonly IJsonTypeInfoResolver? _resolver;
    private readonly Lazy<JsonSerializerOptions> _options;
    private readonly Lazy<RegisteredPayload> _payload;
    private int _maxDepth = 64;
    private volatile bool _isFrozen;

    /// <summary>Initializes a new instance of the <see cref="RegisteredTypes"/> class that finds the members of types by reflection.</summary>
    [RequiresUnreferencedCode("Members of types are found by reflection. Pass a JsonSerializerContext in trimmed programs.")]
    [RequiresDynamicCode("Members of types are found by reflection. Pass a JsonSerializerContext in programs that are compiled ahead of time.")]
    public RegisteredTypes()
        : this(new DefaultJsonTypeInfoResolver(), true)
    {
    }

    /// <summary>
    /// Initializes a new instance of the <see cref="RegisteredTypes"/> class that finds the members of types by a resolver. Use a
    /// <see cref="JsonSerializerContext"/> in programs that are trimmed or compiled ahead of time.
    /// </summary>
    /// <param name="resolver">Knows the registered types, and the collections of them that are members of others.</param>
    /// <exception cref="ArgumentNullException"><paramref name="resolver"/> is <see langword="null"/>.</exception>
    public RegisteredTypes(IJsonTypeInfoResolver resolver)
        : this(resolver ?? throw new ArgumentNullException(nameof(resolver)), true)
    {
    }

    private RegisteredTypes(IJsonTypeInfoResolver? resolver, bool withSimple)
    {
        _resolver = resolver;
        _options = new(CreateOptions);
        _payload = new(() => new RegisteredPayload(this));
        if (withSimple)
        {
            SimpleTypes.AddTo(this);
        }
    }

    /// <summary>Gets the types that need no registration and no resolver, and nothing else.</summary>
    internal static RegisteredTypes Simple { get; } = new(null, true);

    /// <summary>
    /// Gets or sets the maximum depth of objects in objects. The default value is 64. A deeper value is refused by both sides.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1 or more than 1,000.</exception>
    /// <exception cref="InvalidOperationException">The object was used already.</exception>
    public int MaxDepth
    {
        get => _maxDepth;
        set
        {
            ThrowIfFrozen();
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1000);
            _maxDepth = value;
        }
    }

    /// <summary>Gets whether the members of types can be found. Without them only the simple types and their arrays cross.</summary>
    internal bool HasResolver => _resolver is not null;

    /// <summary>Gets how values of these types are written.</summary>
    internal RegisteredPayload Payload => _payload.Value;

    /// <summary>Registers a type: a record, struct, class or enum, or a collection that a managed namespace or a member needs by name.</summary>
    /// <typeparam name="T">The type. Objects of types derived from it are written as this type.</typeparam>
    /// <param name="name">The name of the type in messages, the same in both programs. The default value is its full name.</param>
    /// <returns>This object, for the next call.</returns>
    /// <exception cref="ArgumentException">
    /// The type cannot cross between programs: <see cref="object"/>, <see cref="Type"/>, a delegate, an interface, an abstract or open type; or the
    /// name belongs to another type.
    /// </exception>
    /// <exception cref="InvalidOperationException">The object was used already.</exception>
    public RegisteredTypes Register<T>(string? name = null)
    {
        ThrowIfFrozen();
        if (NeverCrosses(typeof(T)) is { } reason)
        {
            throw new ArgumentException($"{typeof(T)} cannot be registered: {reason}", nameof(T));
        }

        Add(new RegisteredType<T>(name ?? typeof(T).FullName ?? typeof(T).Name));
        return this;
    }

    /// <summary>Returns the type of a name in a message, or <see langword="null"/> if there is none.</summary>
    internal RegisteredType? Find(string name) => _byName.GetValueOrDefault(name);

    internal RegisteredType? Find(Type type) => _byType.GetValueOrDefault(type);

    internal void Add(RegisteredType added)
    {
        var known = _byName.GetOrAdd(added.Name, added);
        if (known.Type != added.Type)
        {
            throw new ArgumentException($"The name \"{added.Name}\" belongs to {known.Type} already. Give {added.Type} another name.");
        }

        _byType.TryAdd(added.Type, known);
    }

    /// <summary>Returns how a type is written, with the first thing in it that may not cross.</summary>
    internal TypeCheck Check(Type type) => _checks.GetOrAdd(type, static (type, types) => types.CheckNow(type), this);

    /// <summary>Returns what makes a type cross that only lacks its registration.</summary>
    internal static string HowToRegister(Type type) =>
        $"it is not registered. Call Register<{type.Name}>() on the RegisteredTypes of both programs, and set those as Types in the options.";

    /// <summary>Returns why no value of a type ever crosses between programs, or <see langword="null"/>.</summary>
    internal static string? NeverCrosses(Type type) =>
        typeof(Delegate).IsAssignableFrom(type) ? "code never crosses between programs. Call a member of an object on the other side instead."
        : type == typeof(object) ? "a message never says which type is created. Declare the type exactly."
        : typeof(System.Reflection.MemberInfo).IsAssignableFrom(type) ? "a message never names a type or a member. Send a text or an enum."
        : typeof(System.Reflection.Assembly).IsAssignableFrom(type) || typeof(System.Reflection.Module).IsAssignableFrom(type)
            ? "code never crosses between programs."
        : typeof(Exception).IsAssignableFrom(type) ? "exceptions cross only as the result of a call. Send a text."
        : type.IsPointer || type.IsByRef || type.IsByRefLike || type == typeof(nint) || type == typeof(nuint)
            ? "an address has no meaning in another process. Send the data."
        : type.ContainsGenericParameters ? "it has open type parameters. Register the closed types."
        : type.IsInterface && !RegisteredResolver.IsKnownCollection(type)
            ? "an object of the message would have a type that the message chooses. Register the types that implement it, and declare them."
        : type.IsAbstract && !type.IsInterface
            ? "an object of the message would have a type that the message chooses. Register the derived types, and declare them."
        : null;

    private JsonSerializerOptions CreateOptions()
    {
        _isFrozen = true;
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = new RegisteredResolver(this, _resolver),
            MaxDepth = _maxDepth,
            IncludeFields = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        };
        options.MakeReadOnly();
        return options;
    }

    private TypeCheck CheckNow(Type type) => new TypeChecker(this, _options.Value).Check(type);

    private void ThrowIfFrozen()
    {
        if (_isFrozen)
        {
            throw new InvalidOperationException("Types are registered before the first connection uses them.");
        }
    }
}

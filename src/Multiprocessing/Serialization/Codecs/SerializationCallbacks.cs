using System.Reflection;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// The [OnSerializing], [OnSerialized], [OnDeserializing] and [OnDeserialized] methods of a user's type and its
/// <see cref="IDeserializationCallback"/>. Methods of base classes are called first.
/// </summary>
internal sealed class SerializationCallbacks
{
    private readonly MethodInfo[] _serializing;
    private readonly MethodInfo[] _serialized;
    private readonly MethodInfo[] _deserializing;
    private readonly MethodInfo[] _deserialized;

    private SerializationCallbacks(
        MethodInfo[] serializing, MethodInfo[] serialized, MethodInfo[] deserializing, MethodInfo[] deserialized, bool hasInterface)
    {
        _serializing = serializing;
        _serialized = serialized;
        _deserializing = deserializing;
        _deserialized = deserialized;
        HasInterface = hasInterface;
    }

#pragma warning disable SYSLIB0050 // The formatters are obsolete; the attributes and the parameters of their methods are not.
    /// <summary>Gets the argument of the methods: the other end is another process.</summary>
    public static StreamingContext Context { get; } = new(StreamingContextStates.CrossProcess);
#pragma warning restore SYSLIB0050

    /// <summary>Gets whether the type implements <see cref="IDeserializationCallback"/>.</summary>
    public bool HasInterface { get; }

    /// <summary>Gets whether the type has [OnSerialized] methods.</summary>
    public bool HasSerialized => _serialized.Length > 0;

    public static SerializationCallbacks? Of(Type type)
    {
        if (Framework.Owns(type))
        {
            // Callbacks of the framework's types expect a formatter that fills a SerializationInfo; here their fields or content are set already.
            return null;
        }

        var found = new List<MethodInfo>?[4];
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            foreach (var method in level.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (method.ReturnType == typeof(void)
                    && !method.IsGenericMethodDefinition
                    && method.GetParameters() is [] or [{ ParameterType.FullName: "System.Runtime.Serialization.StreamingContext" }])
                {
                    Add(ref found[0], method, typeof(OnSerializingAttribute));
                    Add(ref found[1], method, typeof(OnSerializedAttribute));
                    Add(ref found[2], method, typeof(OnDeserializingAttribute));
                    Add(ref found[3], method, typeof(OnDeserializedAttribute));
                }
            }
        }

        var hasInterface = typeof(IDeserializationCallback).IsAssignableFrom(type);
        return hasInterface || Array.Exists(found, static methods => methods is not null)
            ? new SerializationCallbacks([.. found[0] ?? []], [.. found[1] ?? []], [.. found[2] ?? []], [.. found[3] ?? []], hasInterface)
            : null;
    }

    /// <summary>Called before the object is written. The caller gets its exceptions.</summary>
    public void OnSerializing(object value) => Call(_serializing, value);

    /// <summary>Called after the whole message was written or given up.</summary>
    public void OnSerialized(object value) => Call(_serialized, value);

    /// <summary>Called when the object exists and has no content yet.</summary>
    public void OnDeserializing(object value) => Rebuild(_deserializing, value);

    /// <summary>Called when the object and everything that it refers to is read.</summary>
    public void OnDeserialized(object value) => Rebuild(_deserialized, value);

    /// <summary>Called when the whole message is read.</summary>
    public void OnDeserialization(object value)
    {
        try
        {
            ((IDeserializationCallback)value).OnDeserialization(null);
        }
        catch (Exception error)
        {
            throw Failed(value, error);
        }
    }

    /// <summary>Calls the methods of an object at once that is complete before the message is: nothing in the message refers to it later.</summary>
    public void Complete(object value)
    {
        OnDeserialized(value);
        if (HasInterface)
        {
            OnDeserialization(value);
        }
    }

    private static void Add(ref List<MethodInfo>? methods, MethodInfo method, Type attribute)
    {
        if (method.IsDefined(attribute, inherit: false))
        {
            (methods ??= []).Insert(0, method);
        }
    }

    private static void Rebuild(MethodInfo[] methods, object value)
    {
        try
        {
            Call(methods, value);
        }
        catch (Exception error)
        {
            throw Failed(value, error);
        }
    }

    private static void Call(MethodInfo[] methods, object value)
    {
        foreach (var method in methods)
        {
            object[] arguments = method.GetParameters().Length == 0 ? [] : [Context];
            method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, arguments, null);
        }
    }

    private static SerializationException Failed(object value, Exception error) => new(
        $"Process {Environment.ProcessId} could not rebuild a {value.GetType()} from a message: its deserialization callback threw "
        + $"{ExceptionText.OneLine(error)}", error);
}

using System.Reflection;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>
/// The [OnSerializing], [OnSerialized], [OnDeserializing] and [OnDeserialized] methods of a user's type, those of base classes first, and its <see cref="IDeserializationCallback"/>.
/// </summary>
internal sealed class SerializationCallbacks
{
    private readonly MethodInfo[] _serializing;
    private readonly MethodInfo[] _serialized;
    private readonly MethodInfo[] _deserializing;
    private readonly MethodInfo[] _deserialized;

    private SerializationCallbacks(MethodInfo[] serializing, MethodInfo[] serialized, MethodInfo[] deserializing, MethodInfo[] deserialized, bool hasInterface)
    {
        _serializing = serializing;
        _serialized = serialized;
        _deserializing = deserializing;
        _deserialized = deserialized;
        HasInterface = hasInterface;
    }

#pragma warning disable SYSLIB0050 // The formatters are gone; the attributes and what their methods take are not.
    /// <summary>What the methods are told: the other end is another process.</summary>
    public static StreamingContext Context { get; } = new(StreamingContextStates.CrossProcess);
#pragma warning restore SYSLIB0050

    /// <summary>Whether it implements <see cref="IDeserializationCallback"/>.</summary>
    public bool HasInterface { get; }

    /// <summary>Whether the object wants to know that the message is written.</summary>
    public bool HasSerialized => _serialized.Length > 0;

    public static SerializationCallbacks? Of(Type type)
    {
        if (Framework.Owns(type))
        {
            // Their callbacks belong to formatters that fill a SerializationInfo; here their fields or content have been set already.
            return null;
        }

        var found = new List<MethodInfo>?[4];
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            foreach (var method in level.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                // Nearly no method has an attribute at all.
                if (method.ReturnType == typeof(void) && !method.IsGenericMethodDefinition && method.GetParameters() is [] or [{ ParameterType.FullName: "System.Runtime.Serialization.StreamingContext" }])
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

    /// <summary>Before the object is written. What it throws reaches the caller.</summary>
    public void OnSerializing(object value) => Call(_serializing, value);

    /// <summary>After the whole message is written, or was given up.</summary>
    public void OnSerialized(object value) => Call(_serialized, value);

    /// <summary>When the object exists and has no content yet.</summary>
    public void OnDeserializing(object value) => Rebuild(_deserializing, value);

    /// <summary>When the object and all that it refers to are there.</summary>
    public void OnDeserialized(object value) => Rebuild(_deserialized, value);

    /// <summary>When the whole message is there.</summary>
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
        $"A {value.GetType()} in the message could not be rebuilt: what it does after deserialization threw {ExceptionText.OneLine(error)}", error);
}

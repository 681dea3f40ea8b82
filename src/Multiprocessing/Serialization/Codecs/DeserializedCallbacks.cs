using System.Reflection;
using System.Runtime.Serialization;

namespace Multiprocessing;

/// <summary>The [OnDeserialized] methods and the <see cref="IDeserializationCallback"/> of a user's type, called when the whole message is read.</summary>
internal sealed class DeserializedCallbacks
{
    private readonly List<MethodInfo> _methods = [];
    private readonly bool _hasInterface;

    private DeserializedCallbacks(bool hasInterface) => _hasInterface = hasInterface;

    public static DeserializedCallbacks? Of(Type type)
    {
        if (Framework.Owns(type))
        {
            // Their callbacks belong to formatters that fill a SerializationInfo; here their fields or content have been set already.
            return null;
        }

        var callbacks = new DeserializedCallbacks(typeof(IDeserializationCallback).IsAssignableFrom(type));
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            foreach (var method in level.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (method.IsDefined(typeof(OnDeserializedAttribute), inherit: false))
                {
                    callbacks._methods.Insert(0, method);
                }
            }
        }

        return callbacks._methods.Count > 0 || callbacks._hasInterface ? callbacks : null;
    }

    public void Call(object value)
    {
        try
        {
            foreach (var method in _methods)
            {
                object[] arguments = method.GetParameters().Length == 0 ? [] : [default(StreamingContext)];
                method.Invoke(value, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            }

            if (_hasInterface)
            {
                ((IDeserializationCallback)value).OnDeserialization(null);
            }
        }
        catch (Exception error)
        {
            throw new SerializationException($"A {value.GetType()} in the message could not be rebuilt: what it does after deserialization threw {ExceptionText.OneLine(error)}", error);
        }
    }
}

using System.Reflection;

namespace Multiprocessing;

/// <summary>What may not leave the machine: objects whose meaning is its shared memory. Objects that report or log cross as links.</summary>
internal sealed class ClusterLinkPolicy : LinkPolicy
{
    private ClusterLinkPolicy()
    {
    }

    public static ClusterLinkPolicy Instance { get; } = new();

    public override bool IsForTasks => true;

    public override ObjectCodec? CodecOf(Type type) => TaskLinkPolicy.Instance.CodecOf(type);

    public override void BeforeCopy(Type type, Type reportsBy) => TaskLinkPolicy.Instance.BeforeCopy(type, reportsBy);

    public override Refusal? OfHandle(Type type) => new(
        type,
        $"It is {ClusterRefusals.WhatIs(type)} of this machine, and a task of a {nameof(ClusterPool)} runs on another one. Pass the values "
        + "themselves (an array for a SharedArray<T>, the captured value for a SharedInput<T>: a large body crosses once to each node), "
        + "return results instead of writing them, or use a ProcessPool, whose workers are on this machine.");

    public override Refusal? OfObject(object value) => ClusterRefusals.OfObject(value);

    public override Refusal? OfName(NameEntry name) => ClusterRefusals.OfName(name);
}

/// <summary>What a result may not contain, because its reader is on another machine.</summary>
internal sealed class ClusterResultPolicy : LinkPolicy
{
    private ClusterResultPolicy()
    {
    }

    public static ClusterResultPolicy Instance { get; } = new();

    public override ObjectCodec? CodecOf(Type type) => null;

    /// <summary>As in the result of a task on one machine: the copy reports in the caller.</summary>
    public override void BeforeCopy(Type type, Type reportsBy)
    {
    }

    public override Refusal? OfHandle(Type type) => new(
        type,
        $"It is {ClusterRefusals.WhatIs(type)} of the node's machine ({Environment.MachineName}), and the caller of a {nameof(ClusterPool)} is on "
        + "another one. Return the values themselves, such as a copy of the array.");

    public override Refusal? OfObject(object value) => ClusterRefusals.OfObject(value);

    public override Refusal? OfName(NameEntry name) => ClusterRefusals.OfName(name);
}

/// <summary>What the refusals of both directions have in common.</summary>
internal static class ClusterRefusals
{
    public static string WhatIs(Type type) =>
        typeof(ProcessSynchronizationObject).IsAssignableFrom(type) ? "a synchronization object in the memory"
        : type.Name.StartsWith("ProcessQueue", StringComparison.Ordinal) ? "a queue in the memory"
        : type.Name.StartsWith("Shared", StringComparison.Ordinal) ? "memory"
        : "an object";

    /// <summary>Returns the refusal of an object of a plug-in, which another machine does not have.</summary>
    public static Refusal? OfObject(object value) =>
        PluginNames.OfObject(value) is { } plugin ? OfPlugin(value.GetType(), plugin) : null;

    /// <summary>Returns the refusal of a name that refers to a plug-in.</summary>
    public static Refusal? OfName(NameEntry name) => name.Plugin is { } plugin ? OfPlugin(name.Owner, plugin) : null;

    private static Refusal OfPlugin(Type culprit, Assembly assembly)
    {
        // The refusal of a result crosses itself, so it may not refer to the plug-in: it has the type's name, and a base type of the program.
        var named = culprit;
        while (PluginNames.Of(named) is not null)
        {
            named = named.BaseType ?? typeof(object);
        }

        return new Refusal(
            named,
            $"The type {TypeText.Of(culprit)} refers to the assembly '{assembly.GetName().Name}', which this process has loaded from a file by "
            + $"itself ({assembly.Location}). Another machine does not load files that a message names. Reference the assembly from the program, so "
            + "that it is a part of the build of all members, or load it in the body of the task and pass values of the program's own types.");
    }
}

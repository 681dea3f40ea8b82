using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Multiprocessing.Generators;

/// <summary>The diagnostics. Each message states what cannot be done, why, and the way out. docs/reference/analyzers.md explains each.</summary>
internal static class Rules
{
    private const string Category = "Multiprocessing";

    public static readonly DiagnosticDescriptor ByReference = Rule(
        "MP0001", "A parameter or result by reference cannot cross",
        "{0} cannot be called through a proxy: {1} is passed by reference, which is an address in one process. Pass it by value, and return the new "
        + "value (as a tuple if there are several).");

    public static readonly DiagnosticDescriptor Pointer = Rule(
        "MP0002", "A pointer cannot cross",
        "{0} cannot be called through a proxy: {1} is an address in one process. Pass an array, a SharedArray<T> or a SharedMemory.");

    public static readonly DiagnosticDescriptor RefStruct = Rule(
        "MP0003", "A ref struct cannot cross",
        "{0} cannot be called through a proxy: {1} lies on the stack of one thread. Pass an array, a Memory<T> or a SharedArray<T>.");

    public static readonly DiagnosticDescriptor Bound = Rule(
        "MP0004", "A type that belongs to its process cannot cross",
        "{0} cannot be called through a proxy: {1} cannot cross to another process. {2}");

    public static readonly DiagnosticDescriptor NotAnInterface = Rule(
        "MP0005", "A proxy needs an interface",
        "{0} is not an interface, and a proxy can only take the place of an interface. Declare an interface with the members that are called from "
        + "the other process, and pass that.");

    public static readonly DiagnosticDescriptor OpenType = Rule(
        "MP0006", "The interface is not known where the program is built",
        "The proxy is generated when the program is built, but {0} is known only at run time. Put [GenerateProxy] on the type parameter if it is the "
        + "interface itself, so that the callers of this code decide; otherwise name a closed type.");

    public static readonly DiagnosticDescriptor StaticMember = Rule(
        "MP0007", "A static abstract member cannot be called through a proxy",
        "{0} is static and abstract: it belongs to a type, and a proxy takes the place of an object. Make it an instance member, or move it to "
        + "another interface.");

    public static readonly DiagnosticDescriptor Inaccessible = Rule(
        "MP0008", "Generated code cannot access the interface or the member",
        "{0} is not accessible for the generated proxy, which is a class of its own in this assembly. Make it public or internal.");

    public static readonly DiagnosticDescriptor EventDelegate = Rule(
        "MP0009", "An event whose handlers return something cannot cross",
        "{0} cannot be raised through a proxy: its handlers return {1}, but raising an event sends a message without a reply. Use a delegate that "
        + "returns void, or pass an interface with a method that returns the value.");

    public static readonly DiagnosticDescriptor InitAccessor = Rule(
        "MP0010", "An init accessor cannot be called through a proxy",
        "{0} can be set only while its object is created, and the object of a proxy exists already. Use set, or leave the accessor out.");

    public static readonly DiagnosticDescriptor NestedInterface = Rule(
        "MP0011", "An interface inside another type is not proxied",
        "{0} cannot be called through a proxy: objects of {1} stay in their process as arguments and results, but inside of {2} they would be "
        + "copied. Pass them one by one, or put [ByValue] on the parameter, the result or the interface to copy them.");

    public static readonly DiagnosticDescriptor Misplaced = Rule(
        "MP0012", "A token, a progress or a stream where it cannot cross",
        "{0} cannot be called through a proxy: {1} {2}");

    public static readonly DiagnosticDescriptor ArgumentList = Rule(
        "MP0013", "A variable argument list cannot cross",
        "{0} cannot be called through a proxy: __arglist lies on the stack of one thread. Use params.");

    public static readonly DiagnosticDescriptor ValueTypeProxy = Rule(
        "MP0014", "A proxied type parameter needs the class constraint",
        "{0}: objects of {1} are proxied because of [GenerateProxy], and only references can be. Add \"where {1} : class\".");

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        ByReference, Pointer, RefStruct, Bound, NotAnInterface, OpenType, StaticMember,
        Inaccessible, EventDelegate, InitAccessor, NestedInterface, Misplaced, ArgumentList, ValueTypeProxy,
    ];

    private static DiagnosticDescriptor Rule(string id, string title, string message) => new(
        id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true,
        helpLinkUri: $"docs/reference/analyzers.md#{id.ToLowerInvariant()}");
}

using System.Runtime.CompilerServices;

// Native calls take blittable values only, so they can be compiled ahead of time: a child would otherwise compile a stub for each one on its way to the body.
[assembly: DisableRuntimeMarshalling]

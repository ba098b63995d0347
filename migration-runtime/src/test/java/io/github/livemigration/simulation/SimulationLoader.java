package io.github.livemigration.simulation;

import static java.util.Map.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.SimpleRemapper;

/**
 * Loads the product once more, with the stand-ins of {@code src/simulation} in place of the classes
 * of the same names, and with what asks for time, threads, and sockets led elsewhere.
 */
final class SimulationLoader extends ClassLoader {
  private static final String PRODUCT = "io.github.livemigration.";
  private static final String SIMULATION = "io/github/livemigration/simulation/";
  private static final String REDIRECTED = SIMULATION + "Redirected";

  private static final Map<String, String> CLASSES =
      Map.of(
          "java/nio/channels/SocketChannel", SIMULATION + "SimulatedSocket",
          "java/net/Socket", SIMULATION + "SimulatedSocket",
          "java/nio/channels/ServerSocketChannel", SIMULATION + "SimulatedServerSocket");

  /** By owner, name and arguments; "*" stands for any class. */
  private static final Map<String, String> METHODS =
      Map.ofEntries(
          entry("java/lang/System.nanoTime()J", "nanoTime"),
          entry("java/util/concurrent/TimeUnit.sleep(J)V", "sleep"),
          entry("java/util/concurrent/TimeUnit.timedWait(Ljava/lang/Object;J)V", "timedWait"),
          entry("java/security/SecureRandom.nextBytes([B)V", "nextBytes"),
          entry("*.wait()V", "await"),
          entry("*.notifyAll()V", "notifyAll"),
          entry(
              "java/util/concurrent/Executors.newCachedThreadPool"
                  + "(Ljava/util/concurrent/ThreadFactory;)Ljava/util/concurrent/ExecutorService;",
              "newCachedThreadPool"),
          entry(
              "org/slf4j/LoggerFactory.getLogger(Ljava/lang/Class;)Lorg/slf4j/Logger;",
              "getLogger"));

  private final Path standIns;

  /**
   * Prepare.
   *
   * @param standIns where the classes of {@code src/simulation} are
   */
  SimulationLoader(Path standIns, ClassLoader parent) {
    super(parent);
    this.standIns = standIns;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && name.startsWith(PRODUCT)) {
        byte[] code = codeOf(name);
        loaded = defineClass(name, code, 0, code.length);
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  private byte[] codeOf(String name) throws ClassNotFoundException {
    String path = name.replace('.', '/') + ".class";
    try {
      if (Files.exists(standIns.resolve(path))) {
        byte[] code = Files.readAllBytes(standIns.resolve(path));
        return path.startsWith(SIMULATION) ? code : redirected(code);
      }
      try (InputStream product = getParent().getResourceAsStream(path)) {
        if (product == null) {
          throw new ClassNotFoundException(name);
        }
        return redirected(product.readAllBytes());
      }
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private static byte[] redirected(byte[] code) {
    ClassWriter writer = new ClassWriter(0);
    ClassVisitor calls =
        new ClassVisitor(Opcodes.ASM9, writer) {
          @Override
          public MethodVisitor visitMethod(
              int access, String name, String descriptor, String signature, String[] exceptions) {
            return new Calls(super.visitMethod(access, name, descriptor, signature, exceptions));
          }
        };
    new ClassReader(code)
        .accept(new ClassRemapper(calls, new SimpleRemapper(Opcodes.ASM9, CLASSES)), 0);
    return writer.toByteArray();
  }

  /** Makes calls of methods calls of static ones, with the object as the first argument. */
  private static final class Calls extends MethodVisitor {
    Calls(MethodVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean ofInterface) {
      String any = METHODS.get("*." + name + descriptor);
      String chosen = any == null ? METHODS.get(owner + "." + name + descriptor) : any;
      if (chosen == null) {
        super.visitMethodInsn(opcode, owner, name, descriptor, ofInterface);
        return;
      }
      String first = any == null ? "L" + owner + ";" : "Ljava/lang/Object;";
      String arguments =
          opcode == Opcodes.INVOKESTATIC ? descriptor : "(" + first + descriptor.substring(1);
      super.visitMethodInsn(Opcodes.INVOKESTATIC, REDIRECTED, chosen, arguments, false);
    }
  }
}

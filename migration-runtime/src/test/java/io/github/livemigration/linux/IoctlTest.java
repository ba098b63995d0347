package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IoctlTest {
  @Test
  void numbersComputedFromStructSizesAreThoseOfTheKernelHeaders() {
    assertThat(UserfaultFd.UFFDIO_API).isEqualTo(0xc018aa3fL);
    assertThat(UserfaultFd.UFFDIO_REGISTER).isEqualTo(0xc020aa00L);
    assertThat(UserfaultFd.UFFDIO_UNREGISTER).isEqualTo(0x8010aa01L);
    assertThat(UserfaultFd.UFFDIO_WAKE).isEqualTo(0x8010aa02L);
    assertThat(UserfaultFd.UFFDIO_WRITEPROTECT).isEqualTo(0xc018aa06L);
    assertThat(UserfaultFd.UFFDIO_POISON).isEqualTo(0xc020aa08L);
    assertThat(Installation.UFFDIO_COPY).isEqualTo(0xc028aa03L);
    assertThat(Installation.UFFDIO_ZEROPAGE).isEqualTo(0xc020aa04L);
    assertThat(PageMapScan.PAGEMAP_SCAN).isEqualTo(0xc0606610L);
  }

  @Test
  void directionsAreTold() {
    // TUNSETIFF and RNDGETENTCNT of the kernel headers
    assertThat(Ioctl.write('T', 202, 4)).isEqualTo(0x400454caL);
    assertThat(Ioctl.read('R', 0, 4)).isEqualTo(0x80045200L);
  }
}

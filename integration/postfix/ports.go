package postfix

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
)

// errPortTaken says that somebody else was quicker.
var errPortTaken = errors.New("a port was taken meanwhile")

// Below the range from which Linux gives ports to outgoing connections, so that only another server of a test
// could take a port between our choice and Postfix's bind.
const lowest, highest = 20000, 32000

// freeAddrs finds a loopback port for each service.
func freeAddrs(services []Service) (map[string]string, error) {
	addrs := map[string]string{}
	var held []net.Listener // all are held until all are found, or one port would be found twice
	defer func() {
		for _, ln := range held {
			ln.Close()
		}
	}()
	for _, s := range services {
		ln, err := listenSomewhere()
		if err != nil {
			return nil, err
		}
		held = append(held, ln)
		addrs[s.Name] = ln.Addr().String()
	}
	return addrs, nil
}

func listenSomewhere() (ln net.Listener, err error) {
	for range 100 {
		port := lowest + rand.IntN(highest-lowest)
		if ln, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return ln, nil
		}
	}
	return nil, fmt.Errorf("find a free port: %w", err)
}
